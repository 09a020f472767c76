import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const typed = ["**/*.{ts,tsx}"];
const plain = ["**/*.{mjs,cjs,js}"];
const tests = ["tests/**/*.{ts,tsx}"];

/** The functions that may cast; each says in its docstring why the cast is true. */
const castHelpers = ["asOrgId", "asStaff"];

/** May read the environment: the one reader, what runs before it, and the tools' own files (tests may, too). */
const environmentReaders = [
  "src/server/env.ts",
  "src/cli/**",
  "*.{ts,mjs,cjs,js}",
  "src/instrumentation.ts",
];

const noCasts = [
  {
    selector:
      "TSAsExpression:not([typeAnnotation.typeName.name='const'], [typeAnnotation.type='TSUnknownKeyword'])" +
      `:not(:function[id.name=/^(${castHelpers.join("|")})$/] TSAsExpression)`,
    message:
      "No casts: narrow or parse. What cannot be proven goes into a helper of castHelpers (eslint.config.mjs).",
  },
  { selector: "TSTypeAssertion", message: "No casts: narrow or parse." },
];

const noEnvironment = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: "Settings are read in src/server/env.ts only.",
  },
  {
    selector: "VariableDeclarator[init.name='process']",
    message: "Settings are read in src/server/env.ts only.",
  },
  {
    selector: "ImportDeclaration[source.value=/^(node:)?process$/]",
    message: "Settings are read in src/server/env.ts only; otherwise use the global process.",
  },
];

const imports =
  ":matches(ImportDeclaration, ExportAllDeclaration, ExportNamedDeclaration, ImportExpression)";

const extensions = {
  selector: `${imports}[source.value=/^(\\.|@\\u002F|@drizzle\\u002F)/]:not([source.value=/\\.(tsx?|mjs|cjs|json|css)$/])`,
  message: "Own files are imported with their extension.",
};

const ownFolder = {
  selector: `${imports}[source.value=/^\\.\\.\\u002F/]`,
  message: "Relative imports stay inside the own folder; use @/ or @drizzle/.",
};

/** ui/ and store/ stand inside their feature and may name its files relatively. */
const ownFeature = {
  selector: `${imports}[source.value=/^\\.\\.\\u002F\\.\\./]`,
  message: "Relative imports stay inside the own feature; use @/.",
};

const importPaths = [extensions, ownFolder];

const purity = [
  { selector: "AwaitExpression", message: "The domain does not wait." },
  { selector: ":function[async=true]", message: "The domain does not wait." },
  { selector: "ForOfStatement[await=true]", message: "The domain does not wait." },
  { selector: "ImportExpression", message: "The domain does not wait." },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: "The domain has no clock: take the instant as an argument.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "The domain has no clock: take the instant as an argument.",
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: "The domain has no clock: take the instant as an argument.",
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: "The domain draws no lots: take the number as an argument.",
  },
];

const impureGlobals = (
  "process fetch setTimeout setInterval setImmediate queueMicrotask performance " +
  "crypto globalThis window document navigator localStorage require"
).split(" ");

const noPassedOverTests = [
  {
    selector: "MemberExpression[property.name=/^(only|skip|skipIf|runIf|todo)$/]",
    message: "Every test runs, always.",
  },
  {
    selector: "TSAsExpression > TSAsExpression",
    message: "No double casts: narrow or parse.",
  },
];

/** Names called on the same value after `node`: `tx.delete(t).where(x)` -> ["where"]. */
function callsAfter(node) {
  const names = [];
  let call = node;
  while (call.parent.type === "MemberExpression" && call.parent.parent.type === "CallExpression") {
    names.push(call.parent.property.name);
    call = call.parent.parent;
  }
  return names;
}

/** An update or delete without `where` empties a table; Drizzle's types let it through. */
const writeNeedsWhere = {
  meta: {
    type: "problem",
    schema: [],
    messages: { missing: "A {{verb}} without .where() writes to every row." },
  },
  create: (context) => ({
    "CallExpression[callee.property.name=/^(update|delete)$/]"(node) {
      const receiver = node.callee.object.property?.name ?? node.callee.object.name ?? "";
      const following = callsAfter(node);
      const isQuery =
        /^(db|tx|database|transaction|trx)$/.test(receiver) || following.includes("set");
      if (!isQuery || following.includes("where")) return;
      context.report({ node, messageId: "missing", data: { verb: node.callee.property.name } });
    },
  }),
};

const restrict = (...lists) => ["error", ...lists.flat()];

const asErrors = (rules) =>
  Object.fromEntries(
    Object.entries(rules).map(([name, level]) => [name, level === "off" ? "off" : "error"]),
  );

export default tseslint.config(
  { ignores: [".next/", ".data/", "node_modules/", "migrations/", "tests/.out/", "next-env.d.ts"] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    plugins: { pho: { rules: { "write-needs-where": writeNeedsWhere } } },
    rules: {
      eqeqeq: "error",
      "max-len": [
        "error",
        {
          code: 120,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
        },
      ],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 70],
      "max-params": ["error", 3],
      "no-console": "error",
      "pho/write-needs-where": "error",
    },
  },
  {
    files: typed,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-import-type-side-effects": "error",
      // A switch names every member of a union or says what the rest means.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Foreign JSON is an index signature: its keys are quoted, ours are not.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // `() => emit(x)` reads better than a block and hides nothing.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // React and Node call our async handlers and ignore what they return, by design.
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      // An empty text is meant to fall through `||`.
      "@typescript-eslint/prefer-nullish-coalescing": [
        "error",
        { ignorePrimitives: { string: true } },
      ],
      // [...text] counts code points and { ...error } reads foreign fields, both on purpose.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string", "Error"] }],
      // Numbers and bigints have one plain text; objects and nullish values stay forbidden.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: false, allowNullish: false },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // An error caught as unknown is passed on as it is.
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
      // Interfaces ask for promises that some implementations have at once.
      "@typescript-eslint/require-await": "off",
      // It asks for `!`, which is forbidden.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      "no-restricted-syntax": restrict(noCasts, noEnvironment),
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: { "no-restricted-syntax": restrict(noCasts, noEnvironment, importPaths) },
  },
  {
    files: ["src/features/*/{ui,store}/**/*.{ts,tsx}"],
    rules: { "no-restricted-syntax": restrict(noCasts, noEnvironment, extensions, ownFeature) },
  },
  {
    files: environmentReaders,
    rules: { "no-restricted-syntax": restrict(noCasts, importPaths) },
  },
  {
    files: ["src/domain/**/*.ts"],
    rules: {
      "no-restricted-syntax": restrict(noCasts, noEnvironment, importPaths, purity),
      "no-restricted-globals": ["error", ...impureGlobals],
    },
  },
  {
    files: ["src/**/*.tsx"],
    plugins: reactHooks.configs.flat.recommended.plugins,
    rules: asErrors(reactHooks.configs.flat.recommended.rules),
  },
  {
    files: tests,
    rules: {
      "no-restricted-syntax": restrict(noPassedOverTests),
      // A describe block is a chapter, not a function.
      "max-lines-per-function": "off",
      // The rows of a table are spread over a test's parameters.
      "max-params": "off",
      // expect(x.method) and any-typed matchers are how vitest is written; parsed JSON is asserted, not trusted.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    files: plain,
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "URL",
          "fetch",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "Buffer",
        ]
          .concat([
            "AbortController",
            "AbortSignal",
            "TextDecoder",
            "performance",
            "module",
            "require",
            "__dirname",
          ])
          .map((name) => [name, "readonly"]),
      ),
    },
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_" }] },
  },
);
