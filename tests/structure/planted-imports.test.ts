import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { copyTree, removeTree } from "./copy-tree.ts";

const root = path.resolve(import.meta.dirname, "../..");
const entries = ["src", "drizzle", "package.json", "tsconfig.json", ".dependency-cruiser.cjs"];

/** [what, the rule that must catch it, offending file, its text] */
const offences = [
  [
    "a feature importing another's store",
    "store-of-another-feature",
    "src/features/chat/planted-store.ts",
    'export { planted } from "@/features/ledger/store/planted.ts";',
  ],
  [
    "server/llm imported outside the metered door",
    "metered-door",
    "src/features/usage/planted-call.ts",
    'export { ProviderError } from "@/server/llm/stream-completion.ts";',
  ],
  [
    "server/llm imported by another file of the ledger",
    "metered-door-ledger",
    "src/features/ledger/planted-call.ts",
    'export { llmProviders } from "@/server/llm/providers.ts";',
  ],
  [
    "server/llm opened by chat itself",
    "metered-door-chat",
    "src/features/chat/planted-call.ts",
    'export { ProviderError } from "@/server/llm/stream-completion.ts";',
  ],
  [
    "a provider's SDK imported in a feature",
    "sdk-only-in-llm",
    "src/features/chat/planted-sdk.ts",
    'import OpenAI from "openai";\nexport const planted = new OpenAI();',
  ],
  [
    "a verb called by a store",
    "store-calls-no-verb",
    "src/features/ledger/store/planted.ts",
    'export { planted } from "@/features/ledger/planted-verb.ts";',
  ],
  [
    "a package imported by the domain",
    "domain-no-packages",
    "src/domain/planted-package.ts",
    'export { parse } from "superjson";',
  ],
  [
    "Node imported by the domain",
    "domain-no-packages",
    "src/domain/planted-node.ts",
    'export { readFileSync } from "node:fs";',
  ],
  [
    "the domain importing the server",
    "row-domain",
    "src/domain/planted-server.ts",
    'export { env } from "@/server/env.ts";',
  ],
  [
    "a table named outside a store",
    "tables-only-in-stores",
    "src/features/chat/planted-table.ts",
    'export * from "@drizzle/schema/index.ts";',
  ],
  [
    "a feature cycle through different files",
    "order-orgs",
    "src/features/orgs/planted-cycle.ts",
    'export { planted } from "@/features/chat/planted-name.ts";',
  ],
  [
    "ui importing server code",
    "ui-no-server-code",
    "src/features/chat/ui/planted-panel.ts",
    'export { planted } from "@/features/chat/planted-name.ts";',
  ],
  [
    "a page importing the server",
    "row-app",
    "src/app/planted-page.ts",
    'export { env } from "@/server/env.ts";',
  ],
  [
    "a file that is not there",
    "not-to-unresolvable",
    "src/features/chat/planted-gone.ts",
    'export { gone } from "./planted-nowhere.ts";',
  ],
] as const;

/**
 * Legal neighbours of the offences: a verb, a name, the legal half of a cycle, types where code may
 * not go.
 */
const lawful = {
  "src/features/ledger/planted-verb.ts": "export const planted = 1;",
  "src/features/chat/planted-name.ts": "export const planted = 1;\nexport type Planted = number;",
  "src/features/orgs/planted-name.ts": "export const planted = 1;",
  "src/features/chat/planted-cycle.ts":
    'export { planted } from "@/features/orgs/planted-name.ts";',
  "src/features/chat/ui/planted-types.ts":
    'import type { Planted } from "@/features/chat/planted-name.ts";\nexport const planted: Planted = 1;',
  "src/features/chat/planted-count.ts":
    'export { countTokens } from "@/server/llm/count-tokens.ts";',
  "src/features/ledger/planted-types.ts":
    'import type { LlmProvider } from "@/server/llm/stream-completion.ts";\nexport type Planted = LlmProvider;',
};

const cruiseResult = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** Runs dependency-cruiser as `npm run verify` does. Returns "file: rule" per violation, sorted. */
async function cruise(copy: string): Promise<readonly string[]> {
  const bin = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [bin, "--config", ".dependency-cruiser.cjs", "--output-type", "json", "src", "drizzle"],
    { cwd: copy, maxBuffer: 64 * 1024 * 1024 },
  );
  const { violations } = cruiseResult.parse(JSON.parse(stdout)).summary;
  return violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
}

describe("import directions", () => {
  const planted = Object.fromEntries(offences.map(([, , file, text]) => [file, text]));
  const clean = copyTree(root, entries, lawful);
  const offending = copyTree(root, entries, { ...lawful, ...planted });
  let found: { readonly clean: readonly string[]; readonly offending: readonly string[] };

  beforeAll(async () => {
    found = { clean: await cruise(clean), offending: await cruise(offending) };
  }, 120_000);

  afterAll(() => {
    removeTree(clean);
    removeTree(offending);
  });

  it("hold on the clean copy", () => {
    expect(found.clean).toEqual([]);
  });

  it.each(offences)("catch %s by %s", (_what, rule, file) => {
    expect(found.offending.filter((line) => line.startsWith(`${file}: `))).toEqual([
      `${file}: ${rule}`,
    ]);
  });

  it("catch the planted offences and nothing else", () => {
    expect(found.offending).toEqual(offences.map(([, rule, file]) => `${file}: ${rule}`).sort());
  });
});
