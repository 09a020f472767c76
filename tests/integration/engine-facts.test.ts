import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { replayDecisions } from "@/features/chat/replay-decisions.ts";
import { db } from "@/server/db/client.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import {
  chat,
  startApp,
  trpc,
  type AppUnderTest,
  type ChatBody,
} from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { lastDecision } from "../support/stored-facts.ts";
import { setClock } from "../support/test-database.ts";
import { policy as fixture } from "../unit/routing/turn-fixture.ts";

let app: AppUnderTest;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pho-engine-facts-"));
  app = await startApp();
});

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

const send = async (person: Person, body: ChatBody) => readAnswer(await chat(person, body));
const last = (person: Person) => lastDecision(app.database, person.orgId);

const best = { kind: "linear", queriesPerDay: 8, qualityPerAllowance: 0 } as const;

async function add(policy: object, shadow = false): Promise<void> {
  const file = join(folder, "policy.json");
  await writeFile(file, JSON.stringify(policy));
  await adminVerbs["add-policy"]?.(db(), { values: { file, shadow }, words: [] });
}

const curves = Object.fromEntries(
  ["small", "economy", "standard", "premium"].map((name, index) => [
    name,
    Object.fromEntries(
      Object.keys(fixture.outputTokensP95).map((category) => [
        category,
        Array.from({ length: 11 }, () => 0.5 + index / 10),
      ]),
    ),
  ]),
);
const policyOf = (version: string, parts: object = {}) => ({
  ...fixture,
  qualityCurves: curves,
  version,
  ...parts,
});

/** About 2,500 tokens. */
const long = "The quick brown fox jumps over the lazy dog. ".repeat(250);

describe("a warm prompt cache", () => {
  const openai = "openai/gpt-5.4-mini";

  it("is a fact of the second message, for the model that answered the first", async () => {
    const person = await makeCustomer(app.database);
    const first = await send(person, { text: long, model: openai });
    const before = await last(person);
    expect(before.facts.warmCache).toBeNull();
    await send(person, { conversationId: first.conversationId, text: "And then?" });
    const { facts } = await last(person);
    expect(facts.warmCache).toEqual({
      modelId: openai,
      inputTokens: before.facts.inputTokensEstimated,
    });
    expect(facts.inputTokensEstimated).toBeGreaterThan(facts.warmCache?.inputTokens ?? Infinity);
  });

  type Case = { name: string; text?: string; model?: string; isNew?: true; lateMs?: number };
  it.each<Case>([
    { name: "has gone cold", lateMs: 5 * 60_000 },
    { name: "never was: the prompt is too short", text: "Hello" },
    { name: "never was: our calls mark nothing to keep", model: "anthropic/claude-haiku-4-5" },
    { name: "belongs to another conversation", isNew: true },
  ])("$name", async ({ text = long, model = openai, isNew, lateMs = 0 }) => {
    const person = await makeCustomer(app.database);
    const { conversationId } = await send(person, { text, model });
    await setClock(app.database.sql, new Date(Date.now() + lateMs));
    await send(person, { text: "And then?", ...(isNew === true ? {} : { conversationId }) });
    await setClock(app.database.sql, null);
    expect((await last(person)).facts.warmCache).toBeNull();
  });

  it("does not fit a prompt whose beginning was cut off", async () => {
    const person = await makeCustomer(app.database);
    const { conversationId } = await send(person, { text: long.repeat(5), model: openai });
    await send(person, { conversationId, text: long.repeat(5), model: openai });
    expect((await last(person)).facts.warmCache?.modelId).toBe(openai);
    await send(person, { conversationId, text: "And then?", model: openai });
    expect((await last(person)).facts.warmCache).toBeNull();
  });
});

describe("what a person is shown of a decision", () => {
  it("has the reference, the saving, the stronger model and how far the budget goes", async () => {
    const person = await makeCustomer(app.database);
    const { decision } = await send(person, { model: "openai/gpt-5-nano" });
    expect(decision).toMatchObject({
      referenceModelId: expect.stringMatching(/^[a-z]+\//),
      savedExpectedMicroVnd: expect.stringMatching(/^-?\d+$/),
      stronger: { expectedCostMicroVnd: expect.stringMatching(/^\d+$/) },
      answersLeft: expect.any(Number),
      strongerAnswersLeft: expect.any(Number),
    });
    expect(decision?.strongerAnswersLeft).toBeLessThanOrEqual(decision?.answersLeft ?? 0);
  });
});

describe("a shadow policy", () => {
  it("decides beside the policy in force, is recorded and not followed", async () => {
    const person = await makeCustomer(app.database);
    const frugal = { ...best, qualityPerAllowance: 100_000 };
    await add(policyOf("test-frugal", { pacing: frugal, imageWishConfidence: 1 }));
    await add(policyOf("test-lavish", { pacing: best, imageWishConfidence: 0.5 }), true);
    const { decision } = await send(person, { text: "Hello there" });
    const { shadow, plan } = await last(person);
    expect(decision).toMatchObject({ policyVersion: "test-frugal", modelId: "openai/gpt-5-nano" });
    expect(plan.modelId).toBe("openai/gpt-5-nano");
    expect(shadow).toMatchObject({ policyVersion: "test-lavish", refusedCode: null });
    expect(shadow?.expectedQuality).toBeGreaterThanOrEqual(0.8);
    expect(shadow?.modelId).not.toBe(plan.modelId);
    expect(shadow?.expectedCostMicroVnd).toBeGreaterThan(plan.expectedCostMicroVnd);
  });

  it("that would refuse does not", async () => {
    const person = await makeCustomer(app.database);
    const answer = await send(person, { text: "tạo ảnh con mèo dễ thương" });
    expect(answer.isDone).toBe(true);
    expect((await last(person)).shadow).toEqual({
      policyVersion: "test-lavish",
      modelId: null,
      expectedCostMicroVnd: null,
      expectedQuality: null,
      refusedCode: "feature_disabled",
    });
  });

  it("that cannot even be read does not", async () => {
    const person = await makeCustomer(app.database);
    await app.database.sql`
      insert into routing_policies (version, parameters, is_shadow, active_from)
      values ('test-broken', '{"pacing": "none"}', true, app_now())`;
    const answer = await send(person, { text: "Hello there" });
    expect(answer.isDone).toBe(true);
    expect((await last(person)).shadow).toMatchObject({
      policyVersion: "test-broken",
      modelId: null,
      refusedCode: "failed",
    });
  });

  it("and all that was served come out the same when they are replayed", async () => {
    const all = { from: new Date(0), to: new Date("2100-01-01"), policyVersion: null };
    const served = await replayDecisions(app.database.db, { ...all, isShadow: false });
    expect(served.decisions).toBeGreaterThan(10);
    expect(served.examples).toEqual([]);
    const shadowed = await replayDecisions(app.database.db, { ...all, isShadow: true });
    expect([shadowed.decisions, shadowed.examples]).toEqual([3, []]);
  });
});

describe("a saving below nothing", () => {
  it("is told as it is: with the decision, on the receipt, in the month and in the history", async () => {
    const easyOnly = Object.fromEntries(
      Object.keys(fixture.outputTokensP95).map((category) => [
        category,
        Array.from({ length: 11 }, (_, index) => 0.9 - index / 25),
      ]),
    );
    const qualityCurves = { ...curves, small: easyOnly };
    await add(policyOf("test-easy", { pacing: best, qualityCurves }));
    const values = { model: "gemini/gemini-2.5-flash", curve: "small", offset: "0.05" };
    await adminVerbs["set-curve"]?.(db(), { values, words: [] });
    const person = await makePerson(app.database);
    const answer = await send(person, { text: ask({ output: 900 }, "Hello there") });
    expect(answer.decision).toMatchObject({
      modelId: "gemini/gemini-2.5-flash",
      referenceModelId: "openai/gpt-5-mini",
      savedExpectedMicroVnd: expect.stringMatching(/^-\d+$/),
    });
    const savedMicroVnd = answer.receipt?.savedMicroVnd ?? "";
    expect(savedMicroVnd).toMatch(/^-\d+$/);
    const summary = await trpc(person, "costOptimization.getUsageSummary");
    expect(summary.data).toMatchObject({ month: { savedMicroVnd } });
    const history = await trpc(person, "costOptimization.getUsageHistory", { input: {} });
    expect(history.data).toMatchObject({ rows: [{ savedMicroVnd }] });
  });
});
