import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayTable } from "@/cli/replay-table.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { replayDecisions, type ReplayInput } from "@/features/chat/replay-decisions.ts";
import { firstPolicy } from "@drizzle/seed-policy.ts";
import { checkPolicy } from "@/features/routing/parse-policy.ts";
import { decisionOf, storeDecisions, storePolicy } from "../factories/decisions.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { seededRandom, simulatedFacts, withPast } from "../factories/simulated-facts.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { runScript } from "../support/run-script.ts";
import { marketPolicy, policy as linearPolicy } from "../unit/routing/turn-fixture.ts";

const DECISIONS = 10_000;

let app: AppUnderTest;
let person: Person;

/** Each kind of decisions has a day of its own. */
const days = {
  month: "2026-05-01",
  old: "2026-05-02",
  bent: "2026-05-03",
  shadow: "2026-05-04",
  odd: "2026-05-05",
} as const;

const noon = (day: string) => new Date(`${day}T12:00:00Z`);
const during = (day: string) => ({
  from: new Date(`${day}T00:00:00Z`),
  to: new Date(`${day}T23:59:59Z`),
});

const replay = (day: string, parts: Partial<ReplayInput> = {}) =>
  replayDecisions(app.database.db, {
    ...{ policyVersion: null, isShadow: false },
    ...during(day),
    ...parts,
  });

/** As many simulated turns as asked for that the market policy answers. */
function simulate(seed: number, count: number, decide: (facts: TurnFacts) => unknown): unknown[] {
  const random = seededRandom(seed);
  const decisions: unknown[] = [];
  while (decisions.length < count) {
    const decision = decide(withPast(simulatedFacts(random), random));
    if (decision !== null) decisions.push(decision);
  }
  return decisions;
}

const store = (day: string, decisions: readonly unknown[]) =>
  storeDecisions(app.database, person, { at: noon(day), decisions });

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  await storePolicy(app.database, marketPolicy);
  await storePolicy(app.database, linearPolicy);
  await store(
    days.month,
    simulate(1, DECISIONS, (facts) => decisionOf(facts, marketPolicy)),
  );
});

afterAll(() => app.stop());

/** As a person at a shell runs it. */
const shell = (day: string, ...words: string[]) =>
  runScript("src/cli/replay.ts", ["--from", day, "--to", `${day}T23:59:59Z`, ...words]);

describe("npm run replay", () => {
  it("gives 10,000 decisions again as they were, in under a minute", async () => {
    const startedAt = performance.now();
    const { exitCode, output, errors } = await shell(days.month);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(output.trimEnd().split("\n").at(-1)).toBe(`${DECISIONS} decisions, 0 differences`);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });

  it("tells by label what another policy would have changed, in đồng and quality", async () => {
    const { exitCode, output } = await shell(days.month, "--policy", linearPolicy.version);
    expect(exitCode).toBe(0);
    const lines = output.split("\n");
    expect(lines[0]).toMatch(/^label +decisions +changed +refused +₫ before +₫ after +quality/);
    expect(lines.slice(1, 4).map((line) => line.split(" ")[0])).toEqual([
      "simple",
      "medium",
      "complex",
    ]);
    const report = await replay(days.month, { policyVersion: linearPolicy.version });
    expect(output.trimEnd()).toBe(replayTable(report));
    expect(report.lines.reduce((sum, line) => sum + line.decisions, 0)).toBe(DECISIONS);
    for (const line of report.lines) {
      expect(line.changed).toBeGreaterThan(0);
      expect(line.costAfterMicroVnd).not.toBe(line.costBeforeMicroVnd);
      expect(line.qualityBefore).toBeGreaterThan(0.3);
      expect(line.qualityAfter).toBeLessThanOrEqual(1);
    }
  });

  it("finds a stored decision that its policy did not make, names it and exits 1", async () => {
    const [honest, bent] = simulate(7, 2, (facts) => decisionOf(facts, marketPolicy));
    const { plan } = bent as { plan: { holdMicroVnd: string } };
    plan.holdMicroVnd += "1";
    await store(days.bent, [honest, bent]);
    const { exitCode, output } = await shell(days.bent);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/turn [0-9a-f-]{36}: holdMicroVnd\n2 decisions, 1 differences\n$/);
  });

  it.each([
    ["without a beginning", ["--to", "2026-05-02"], /^--from /],
    [
      "with an instant in words",
      ["--from", "yesterday", "--to", "2026-05-02"],
      /^--from is an ISO/,
    ],
    [
      "of a policy nobody made",
      ["--from", "2026-05-01", "--to", "2026-05-02", "--policy", "no"],
      /^not_found/,
    ],
  ])("%s says what is wrong and exits 2", async (_name, words, why) => {
    const { exitCode, output, errors } = await runScript("src/cli/replay.ts", words);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: "" });
    expect(errors).toMatch(why);
    expect(errors).not.toMatch(/\bat .*:\d+|node_modules/);
  });
});

describe("decisions of before learned demand", () => {
  it("come out as they were under the first policy", async () => {
    const file = new URL("../fixtures/decisions-2026-11-linear.jsonl", import.meta.url);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const decisions = lines.map((line) => JSON.parse(line) as unknown);
    await store(days.old, decisions);
    const report = await replay(days.old);
    expect(report).toMatchObject({ decisions: lines.length, differences: 0, examples: [] });
  });

  it("were made by a policy that reads the same as it was stored then", () => {
    const { version, qualityCurves: _curves, ...parameters } = firstPolicy;
    const asStored = {
      ...parameters,
      pacing: { queriesPerDay: 8, qualityPerAllowance: 0.2 },
      outputTokensExpected: { simple: 250, medium: 600, complex: 1_200 },
    };
    expect(checkPolicy({ version, parameters: asStored })).toEqual(firstPolicy);
  });

  it("can be asked what the market would have made of them", async () => {
    const report = await replay(days.old, { policyVersion: marketPolicy.version });
    expect(report.differences).toBe(0);
    expect(report.lines.reduce((sum, line) => sum + line.changed, 0)).toBeGreaterThan(0);
  });
});

describe("a decision nobody understands", () => {
  it("counts as a difference, never as passed over", async () => {
    const [decision] = simulate(9, 1, (facts) => decisionOf(facts, marketPolicy));
    const { facts, plan } = decision as { facts: object; plan: object };
    const unknownFact = { facts: { ...facts, moonPhase: 0.5 }, plan };
    const unknownPolicy = { facts, plan: { ...plan, policyVersion: "lost" } };
    await store(days.odd, [unknownFact, unknownPolicy, { facts: {}, plan: {} }]);
    const report = await replay(days.odd);
    expect(report).toMatchObject({ decisions: 3, differences: 3 });
    expect(report.examples.join("\n")).toMatch(/cannot be read/);
    expect(report.examples.join("\n")).toMatch(/no policy lost/);
  });
});

describe("npm run replay --shadow", () => {
  it("compares what a shadow recorded with what was served", async () => {
    const decisions = simulate(11, 400, (facts) => decisionOf(facts, linearPolicy, marketPolicy));
    const unshadowed = simulate(12, 50, (facts) => decisionOf(facts, linearPolicy));
    await store(days.shadow, [...decisions, ...unshadowed]);
    const { exitCode, output } = await shell(days.shadow, "--shadow");
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^label .*\n(.*\n)+400 decisions, 0 differences\n$/);
    const report = await replay(days.shadow, { isShadow: true });
    expect(report.lines.reduce((sum, line) => sum + line.changed, 0)).toBeGreaterThan(0);
    const none = await replay(days.shadow, { isShadow: true, policyVersion: linearPolicy.version });
    expect(none).toMatchObject({ decisions: 0, differences: 0, lines: [] });
  });
});
