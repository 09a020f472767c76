import { readFileSync } from "node:fs";
import path from "node:path";
import { ESLint } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingNames } from "@/server/env.ts";
import { copyTree, plant, removeTree } from "./copy-tree.ts";
import * as tidy from "./tidy-rules.ts";

const root = path.resolve(import.meta.dirname, "../..");

const fileOf = (lineCount: number) =>
  Array.from({ length: lineCount }, (_, index) => `export const line${index} = ${index};\n`).join(
    "",
  );

describe("tidiness", () => {
  const copy = copyTree(root, [
    "src",
    "drizzle",
    ".env.example",
    "package.json",
    ".dependency-cruiser.cjs",
  ]);

  afterAll(() => {
    removeTree(copy);
  });

  const listed = (check: string) => `${copy}: ${check}`;

  it.each([
    ["a 301-line file", tidy.fileSizes, "src/domain/money/planted-size.ts", fileOf(301)],
    ["a 61-line page", tidy.pageSizes, "src/app/planted-page.ts", fileOf(61)],
    ["a stray file in a feature", tidy.closedFileSet, "src/features/chat/planted.json", "{}"],
    ["a file named utils", tidy.bannedFileNames, "src/server/utils.ts", "export {};"],
    ["a folder named helpers", tidy.bannedFileNames, "src/server/helpers/planted.ts", "export {};"],
    ["a camel-case file", tidy.kebabCaseNames, "src/server/plantedName.ts", "export {};"],
    [
      "a note for later",
      tidy.noLeftovers,
      "src/server/planted-note.ts",
      ["// TO", "DO: later"].join(""),
    ],
    [
      "a test passed over",
      tidy.noPassedOverTests,
      "tests/unit/planted.test.ts",
      ["it.skip", '("x", () => {});'].join(""),
    ],
    ["a feature without README", tidy.featureReadmes, "src/features/planted/get.ts", "export {};"],
    [
      "a feature without a place in the order",
      tidy.featuresInOrder,
      "src/features/planted/get.ts",
      "export {};",
    ],
  ])("catches %s", (what, check, file, text) => {
    expect(check(copy), listed("before")).toEqual([]);
    plant(copy, { [file]: text });
    const found = check(copy);
    removeTree(path.join(copy, what.startsWith("a feature") ? path.dirname(file) : file));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(what.startsWith("a feature") ? "src/features/planted" : file);
    expect(check(copy), listed("after")).toEqual([]);
  });

  it("lets a 300-line file pass", () => {
    plant(copy, { "src/domain/money/planted-size.ts": fileOf(300) });
    expect(tidy.fileSizes(copy)).toEqual([]);
    removeTree(path.join(copy, "src/domain/money/planted-size.ts"));
  });

  it("catches a setting missing from .env.example, and one too many", () => {
    const text = readFileSync(path.join(copy, ".env.example"), "utf8");
    plant(copy, { ".env.example": text.replace(/^#? ?LOG_LEVEL=.*$/m, "# PLANTED=1") });
    expect(tidy.envExample(copy, settingNames)).toEqual([
      ".env.example: LOG_LEVEL is missing",
      ".env.example: PLANTED is no setting",
    ]);
    plant(copy, { ".env.example": text });
    expect(tidy.envExample(copy, settingNames)).toEqual([]);
  });

  it("catches a version that is not exact", () => {
    const text = readFileSync(path.join(copy, "package.json"), "utf8");
    plant(copy, { "package.json": text.replace(/"zod": "/, '"zod": "^') });
    expect(tidy.exactVersions(copy)).toHaveLength(1);
    plant(copy, { "package.json": text });
    expect(tidy.exactVersions(copy)).toEqual([]);
  });

  it("catches a stray entry at the top level, and a missing one", () => {
    const files = ["scratch.txt", "src/proxy.ts"];
    const found = tidy.topLevelEntries(files);
    expect(found).toContain("scratch.txt: not an entry of the top level");
    expect(found).toContain("README.md: missing from the top level");
    expect(found.some((offence) => offence.startsWith("src:"))).toBe(false);
  });
});

const domain = "src/domain/planted";
const feature = "src/features/chat/planted";
const cast = "no-restricted-syntax";

/**
 * [what, the rule that must catch it, file without extension, offending text, the same without the
 * offence]
 */
const lintOffences = [
  [
    "Date.now() in the domain",
    cast,
    `${domain}-clock`,
    "export const at = () => Date.now();",
    "export const at = (now: Date) => now.getTime();",
  ],
  [
    "new Date() in the domain",
    cast,
    `${domain}-date`,
    "export const at = () => new Date();",
    "export const at = (instant: number) => new Date(instant);",
  ],
  [
    "Math.random() in the domain",
    cast,
    `${domain}-lot`,
    "export const lot = () => Math.random();",
    "export const lot = () => Math.floor(0.5);",
  ],
  [
    "fetch in the domain",
    "no-restricted-globals",
    `${domain}-fetch`,
    "export const get = fetch;",
    "export const get = String;",
  ],
  [
    "an async function in the domain",
    cast,
    `${domain}-async`,
    "export async function wait(): Promise<number> {\n  return 1;\n}",
    "export function wait(): number {\n  return 1;\n}",
  ],
  [
    "process.env in a feature",
    cast,
    `${feature}-env`,
    "export const port = process.env;",
    "export const port = process.pid;",
  ],
  [
    "an any",
    "@typescript-eslint/no-explicit-any",
    `${feature}-any`,
    "export type Planted = any;",
    "export type Planted = unknown;",
  ],
  [
    "a non-null assertion",
    "@typescript-eslint/no-non-null-assertion",
    `${feature}-bang`,
    "export const first = (list: readonly string[]) => list[0]!;",
    "export const first = (list: readonly string[]) => list[0];",
  ],
  [
    "a cast",
    cast,
    `${feature}-cast`,
    "export const id = (value: unknown) => value as string;",
    'export const id = ["a"] as const;',
  ],
  [
    "a switch with a forgotten case",
    "@typescript-eslint/switch-exhaustiveness-check",
    `${feature}-switch`,
    'export function say(x: "a" | "b") {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}',
    'export function say(x: "a" | "b") {\n  switch (x) {\n    case "a":\n      return 1;\n    case "b":\n      return 2;\n  }\n}',
  ],
  [
    "a promise nobody waits for",
    "@typescript-eslint/no-floating-promises",
    `${feature}-promise`,
    "export const go = (work: Promise<void>) => {\n  work;\n};".replace(
      "work;",
      "work.then(() => 1);",
    ),
    "export const go = async (work: Promise<void>) => {\n  await work;\n};",
  ],
  [
    "a delete without where",
    "pho/write-needs-where",
    `${feature}-delete`,
    "type Tx = { delete: (table: string) => Promise<void> };\nexport const wipe = (tx: Tx) => tx.delete('logs');",
    "export const wipe = (seen: Set<string>) => seen.delete('logs');",
  ],
  [
    "an update without where",
    "pho/write-needs-where",
    `${feature}-update`,
    "type Set = { set: (row: object) => Promise<void> };\ntype Tx = { update: (table: string) => Set };\nexport const all = (tx: Tx) => tx.update('logs').set({});",
    "type Where = { where: (claim: boolean) => Promise<void> };\ntype Set = { set: (row: object) => Where };\ntype Tx = { update: (table: string) => Set };\nexport const one = (tx: Tx) => tx.update('logs').set({}).where(true);",
  ],
  [
    "console.log",
    "no-console",
    `${feature}-console`,
    "export const say = () => {\n  console.log(1);\n};",
    "export const say = () => 1;",
  ],
  [
    "four parameters",
    "max-params",
    `${feature}-params`,
    "export const add = (a: number, b: number, c: number, d: number) => a + b + c + d;",
    "export const add = (a: number, b: number, c: number) => a + b + c;",
  ],
  [
    "an import without extension",
    cast,
    `${feature}-extension`,
    'export { say } from "./planted-console-clean";',
    'export { say } from "./planted-console-clean.ts";',
  ],
  [
    "an import from above",
    cast,
    `${feature}-above`,
    'export * from "../../domain/planted-clock-clean.ts";',
    'export * from "@/domain/planted-clock-clean.ts";',
  ],
  [
    "a disabled rule",
    "no-console",
    `${feature}-disabled`,
    "// eslint-disable-next-line no-console\nconsole.log(1);",
    "export const say = 2;",
  ],
  [
    "a test passed over",
    cast,
    "tests/unit/planted",
    [
      "it.only",
      '("x", () => undefined);\ndeclare const it: { only: (name: string, run: () => void) => void };',
    ].join(""),
    'it("x", () => undefined);\ndeclare const it: (name: string, run: () => void) => void;',
  ],
] as const;

describe("lint", () => {
  const files = Object.fromEntries(
    lintOffences.flatMap(([, , file, offence, clean]) => [
      [`${file}.ts`, `${offence}\n`],
      [`${file}-clean.ts`, `${clean}\n`],
    ]),
  );
  const copy = copyTree(root, ["eslint.config.mjs", "tsconfig.json", "package.json"], files);
  const found = new Map<string, readonly (string | null)[]>();

  beforeAll(async () => {
    const results = await new ESLint({ cwd: copy }).lintFiles(["src", "tests"]);
    for (const { filePath, messages } of results) {
      const rules = messages.filter(({ severity }) => severity === 2).map(({ ruleId }) => ruleId);
      found.set(path.relative(copy, filePath), [...new Set(rules)]);
    }
  }, 120_000);

  afterAll(() => {
    removeTree(copy);
  });

  it.each(lintOffences)("catches %s by %s", (_what, rule, file) => {
    expect(found.get(`${file}.ts`)).toEqual([rule]);
    expect(found.get(`${file}-clean.ts`)).toEqual([]);
  });
});
