/**
 * Import directions, one rule per row of the table in docs/architecture.md, all errors. What a row
 * does not allow is forbidden. Only own files are judged by the rows; npm packages have rules of
 * their own below. No rule on folder cycles among features is needed: featureOrder is linear, so
 * every cycle holds an import to the left.
 */

/** Left to right: a feature imports only features to its right, types included. So features cannot form a cycle. */
const featureOrder = [
  "jobs",
  "chat",
  "payments",
  "finance",
  "routing",
  "plans",
  "budgets",
  "api-keys",
  "ledger",
  "usage",
  "models",
  "rates",
  "flags",
  "approvals",
  "alerts",
  "orgs",
  "audit",
];

const own = "^(src|drizzle|tests|migrations)/";
const store = "^src/features/[^/]+/store(/|-[a-z-]+\\.ts$|\\.ts$)";
const ui = "^src/features/[^/]+/ui/";
const wording = ["^src/messages/", "^src/i18n/"];
const identityFiles = "^src/server/(auth[^/]*\\.ts$|auth/|session\\.ts$)";

/** A row of the table: files of `from` import, of our own files, only `may`. */
const row = (name, from, may) => ({
  name,
  severity: "error",
  from,
  to: { path: own, pathNot: may },
});

const forbid = (name, comment, ...[from, to]) => ({ name, comment, severity: "error", from, to });

const rows = [
  row("row-app", { path: "^src/app/" }, [
    "^src/app/",
    "^src/api/",
    "^src/features/",
    "^src/components/",
    "^src/domain/",
    ...wording,
  ]),
  row("row-proxy", { path: "^src/proxy\\.ts$" }, [
    "^src/server/env\\.ts$",
    "^src/domain/",
    "^src/i18n/",
  ]),
  row("row-instrumentation", { path: "^src/instrumentation[^/]*\\.ts$" }, [
    "^src/instrumentation[^/]*\\.ts$",
    "^src/server/(env|client-address|drain)\\.ts$",
    "^src/features/jobs/start-workers\\.ts$",
    // A process that ends stops the answers it still gives; server/drain.ts may not know features.
    "^src/features/chat/attach-reader\\.ts$",
  ]),
  row("row-api", { path: "^src/api/" }, [
    "^src/api/",
    "^src/features/",
    "^src/server/",
    "^src/domain/",
    ...wording,
  ]),
  row("row-features", { path: "^src/features/", pathNot: [ui, store] }, [
    "^src/features/",
    "^src/server/",
    "^src/domain/",
    "^drizzle/schema/", // narrowed by tables-only-in-stores
    ...wording,
  ]),
  row("row-store", { path: store }, [
    "^drizzle/schema/",
    "^src/server/db/",
    "^src/server/ctx\\.ts$",
    "^src/domain/",
    "^src/features/",
  ]),
  row("row-ui", { path: ui }, [
    "^src/features/",
    "^src/components/",
    "^src/api/client\\.ts$",
    "^src/domain/",
    "^src/server/",
    ...wording,
  ]),
  row("row-cli", { path: "^src/cli/" }, [
    "^src/cli/",
    "^src/features/",
    "^src/server/",
    "^src/domain/",
    "^drizzle/seed[^/]*\\.ts$",
    ...wording,
  ]),
  row("row-seed", { path: "^drizzle/seed[^/]*\\.ts$" }, [
    "^drizzle/",
    "^src/features/",
    "^src/server/",
    "^src/domain/",
  ]),
  row("row-schema", { path: "^drizzle/schema/" }, ["^drizzle/schema/", "^src/domain/"]),
  row("row-tests", { path: "^tests/" }, [
    "^tests/",
    "^src/components/",
    "^drizzle/",
    "^src/api/",
    "^src/features/",
    "^src/server/",
    "^src/domain/",
    "^src/cli/",
    "^src/proxy\\.ts$",
    ...wording,
  ]),
  row("row-wording", { path: wording }, [...wording, "^src/domain/"]),
  row("row-server", { path: "^src/server/" }, ["^src/server/", "^drizzle/schema/", "^src/domain/"]),
  row("row-components", { path: "^src/components/" }, ["^src/components/", "^src/domain/"]),
  row("row-domain", { path: "^src/domain/" }, ["^src/domain/"]),
];

const order = featureOrder.slice(1).map((feature, index) => ({
  name: `order-${feature}`,
  comment: `${feature} imports only features to its right in featureOrder`,
  severity: "error",
  from: { path: `^src/features/${feature}/` },
  to: { path: `^src/features/(${featureOrder.slice(0, index + 1).join("|")})/` },
}));

const features = [
  forbid(
    "store-private",
    "a store belongs to its feature; the benches measure its very statements",
    { path: "^(src|drizzle|tests)/", pathNot: ["^src/features/", "^tests/bench/"] },
    { path: store },
  ),
  forbid(
    "store-of-another-feature",
    "ask the other feature's verb",
    { path: "^src/features/([^/]+)/" },
    { path: store, pathNot: "^src/features/$1/" },
  ),
  forbid(
    "store-calls-no-verb",
    "a store decides nothing; types and schema.ts it may name",
    { path: store },
    {
      path: "^src/features/",
      pathNot: [store, "^src/features/[^/]+/schema\\.ts$"],
      dependencyTypesNot: ["type-only"],
    },
  ),
  forbid(
    "verb-imports-no-ui",
    "only pages and other ui compose ui",
    { path: "^src/(features|api|server|cli)/", pathNot: ui },
    { path: ui },
  ),
  forbid(
    "router-is-for-root",
    "other features call verbs, not procedures",
    { path: "^src/(app|cli|features/([^/]+))/" },
    { path: "^src/features/[^/]+/router\\.ts$" },
  ),
  forbid(
    "tables-only-in-stores",
    "every statement stands in a store, the database module, an identity file, the seed or a test",
    { path: "^src/", pathNot: [store, "^src/server/db/", identityFiles] },
    { path: "^drizzle/", pathNot: "^drizzle/seed[^/]*\\.ts$" },
  ),
  forbid(
    "ui-no-server-code",
    "what runs in the browser names server code as types only",
    { path: [ui, "^src/components/"] },
    {
      path: ["^src/server/", "^src/api/", "^src/features/", "^drizzle/"],
      pathNot: ["^src/api/client\\.ts$", ui, "^src/features/[^/]+/schema\\.ts$"],
      dependencyTypesNot: ["type-only"],
    },
  ),
  forbid(
    "ui-no-server-packages",
    "they would break or swell the browser's bundle",
    { path: [ui, "^src/components/", "^src/api/client\\.ts$"] },
    {
      path: "node_modules/(drizzle-orm|postgres|pino|nodemailer|server-only|gpt-tokenizer|openai|@anthropic-ai)/",
    },
  ),
  forbid(
    "ui-no-node",
    "there is no Node in a browser",
    { path: [ui, "^src/components/", "^src/api/client\\.ts$"] },
    { dependencyTypes: ["core"] },
  ),
  forbid(
    "client-names-types-only",
    "the tRPC client knows the router's type, nothing of the server",
    { path: "^src/api/client\\.ts$" },
    { path: own, pathNot: "^src/domain/", dependencyTypesNot: ["type-only"] },
  ),
];

const metered = [
  forbid(
    "metered-door",
    "every model call is reserved and booked: features/ledger/run-metered-call opens server/llm, alone",
    {
      path: "^(src|drizzle)/",
      pathNot: ["^src/server/llm/", "^src/features/ledger/", "^src/features/chat/"],
    },
    { path: "^src/server/llm/" },
  ),
  forbid(
    "metered-door-ledger",
    "the ledger's other files may count tokens and name types and the typed failure: none of it opens a provider",
    { path: "^src/features/ledger/", pathNot: "/run-metered-call\\.ts$" },
    {
      path: "^src/server/llm/",
      pathNot: "/(count-tokens|stream-completion)\\.ts$",
      dependencyTypesNot: ["type-only"],
    },
  ),
  forbid(
    "metered-door-chat",
    "chat may count tokens (it costs nothing) and name types",
    { path: "^src/features/chat/" },
    { path: "^src/server/llm/", pathNot: "/count-tokens\\.ts$", dependencyTypesNot: ["type-only"] },
  ),
  forbid(
    "sdk-only-in-llm",
    "the providers' SDKs are known to their adapters (and to the contract tests, which drive us with them)",
    { path: "^(src|drizzle|tests)/", pathNot: ["^src/server/llm/", "^tests/contract/"] },
    { path: "node_modules/(openai|@anthropic-ai/sdk)/" },
  ),
];

const general = [
  forbid(
    "domain-no-packages",
    "the domain is plain TypeScript",
    { path: "^src/domain/" },
    { pathNot: own },
  ),
  forbid(
    "launchers-node-only",
    "up.mjs and test.mjs run before anything is installed",
    { path: "^src/cli/[^/]+\\.mjs$" },
    { pathNot: "^src/cli/[^/]+\\.mjs$", dependencyTypesNot: ["core"] },
  ),
  forbid("src-never-imports-tests", "", { path: "^(src|drizzle)/" }, { path: "^tests/" }),
  forbid("nobody-imports-app", "", { path: own, pathNot: "^src/app/" }, { path: "^src/app/" }),
  forbid(
    "no-runtime-cycle",
    "type-only edges vanish at build time and do not count",
    { path: own },
    { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  ),
  forbid("not-to-unresolvable", "", {}, { couldNotResolve: true }),
  forbid(
    "no-unlisted-package",
    "every package imported stands in package.json",
    { path: own },
    { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
  ),
  forbid(
    "no-dev-package-at-run-time",
    "",
    { path: "^src/", pathNot: "^src/cli/" },
    {
      dependencyTypes: ["npm-dev"],
      dependencyTypesNot: ["type-only"],
      pathNot: "node_modules/@types/",
    },
  ),
];

module.exports = {
  forbidden: [...rows, ...order, ...features, ...metered, ...general],
  options: {
    doNotFollow: { path: ["node_modules", "^\\.next/"] },
    exclude: { path: ["^\\.next/", "^tests/\\.out/", "^\\.data/", "^migrations/"] },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".cjs", ".js", ".json"],
    },
    skipAnalysisNotInRules: true,
  },
};
