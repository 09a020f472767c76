import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { startOfDay } from "@/domain/time/vietnam-time.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { makeGoldenModel, setGoldenRate } from "../support/golden-world.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";
import { booksOf, costOf } from "../support/turn-books.ts";

const DAY_MS = 86_400_000;
/** A token of input costs 25,000 micro-VND of it, a token of output 200,000. */
const MODEL = "openai/golden";
const TOKEN = 25_000n;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
  await setGoldenRate(app.database);
  await makeGoldenModel(app.database, "openai");
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterEach(async () => {
  await setClock(app.database.sql, null);
  expect(await contradictions(app.database.sql)).toEqual([]);
});

afterAll(() => app.stop());

/** An answer of nothing to a question of so many tokens. */
const empty = (input = 100): SimulatorScript => ({ empty: true, input });

async function asked(person: Person, script: SimulatorScript, max_tokens?: number) {
  const messageId = randomUUID();
  const body = { messageId, model: MODEL, text: ask(script) };
  const limit = max_tokens === undefined ? {} : { max_tokens };
  const answer = await readAnswer(await chat(person, { ...body, ...limit }));
  const books = await booksOf(app.database.sql, messageId);
  return { answer, books, credited: BigInt(answer.receipt?.creditedMicroVnd ?? -1) };
}

async function usedBy(person: Person): Promise<bigint> {
  const [row] = await app.database.sql`
    select used_micro_vnd::text as used from budget_periods where org_id = ${person.orgId}`;
  return BigInt(String(row?.["used"]));
}

describe("a failed answer", () => {
  it("is given back by a row of its own, which the history shows; the rest stays as it was", async () => {
    const person = await makeCustomer(app.database);
    const { answer, books, credited } = await asked(person, empty(100));
    expect(credited).toBe(100n * TOKEN);
    const [log, credit] = books.logs;
    expect(log).toMatchObject({ kind: "usage", cost: 100n * TOKEN, fresh: 100 });
    expect(credit).toMatchObject({
      ...{ kind: "adjustment", reason: "failed_answer", adjusts: log?.id, cost: -100n * TOKEN },
      ...{ total: 0, source: "reported", isFinal: false, saved: 0n },
    });
    expect(answer.receipt).toMatchObject({
      ...{ costMicroVnd: "0", creditedMicroVnd: credited.toString() },
      usageLogIds: [log?.id, credit?.id],
    });
    expect(await usedBy(person)).toBe(0n);
    const history = await trpc(person, "costOptimization.getUsageHistory", { input: {} });
    expect(history.data).toMatchObject({
      ...{ totalRows: 2, totalCostMicroVnd: "0" },
      rows: expect.arrayContaining([
        expect.objectContaining({ kind: "adjustment", reason: "failed_answer" }),
      ]),
    });
    const summary = await trpc(person, "costOptimization.getUsageSummary");
    expect(summary.data).toMatchObject({
      period: { usedMicroVnd: "0", reservedMicroVnd: "0" },
      month: { totalQueries: 1, totalCostMicroVnd: "0" },
    });
  });

  it("is given back three times a Vietnamese day, and again the next", async () => {
    const person = await makeCustomer(app.database);
    const today = startOfDay(new Date(Date.now() + DAY_MS));
    // A minute before midnight in Vietnam.
    await setClock(app.database.sql, new Date(today.getTime() + DAY_MS - 60_000));
    const credits: bigint[] = [];
    for (let turn = 0; turn < 4; turn += 1) credits.push((await asked(person, empty())).credited);
    await setClock(app.database.sql, new Date(today.getTime() + DAY_MS + 1_000));
    credits.push((await asked(person, empty())).credited);
    const one = 100n * TOKEN;
    expect(credits).toEqual([one, one, one, 0n, one]);
    expect(await usedBy(person)).toBe(one);
  });

  it("is given back three times however many fail at the same moment", async () => {
    const person = await makeCustomer(app.database);
    const all = await Promise.all(Array.from({ length: 8 }, () => asked(person, empty())));
    expect(all.filter(({ credited }) => credited > 0n)).toHaveLength(3);
    expect(await usedBy(person)).toBe(5n * 100n * TOKEN);
  });

  it("is given back up to one per cent of the period's limit in all, to the micro-VND", async () => {
    // One per cent is 50 ₫: 2,000 tokens of input.
    const limit = { budgetMicroVnd: vndToMicroVnd(5_000n) };
    const person = await makeCustomer(app.database, limit);
    const credits: bigint[] = [];
    for (const tokens of [1_000, 1_001, 1_000, 1]) {
      credits.push((await asked(person, empty(tokens))).credited);
    }
    expect(credits).toEqual([1_000n * TOKEN, 0n, 1_000n * TOKEN, 0n]);
    // What is not given back in whole is not given back in part.
    expect(await usedBy(person)).toBe(1_002n * TOKEN);
  });

  it("of several attempts is given back whole, and counts as one", async () => {
    const person = await makeCustomer(app.database);
    const messageId = randomUUID();
    const text = ask({ resetBeforeHead: true });
    const refusal = await readRefusal(await chat(person, { messageId, model: MODEL, text }));
    expect(refusal.code).toBe("provider_failed");
    const { logs } = await booksOf(app.database.sql, messageId);
    expect(logs.filter(({ kind }) => kind === "usage").map(({ cost }) => cost > 0n)).toEqual([
      ...[true, true],
    ]);
    expect(logs.filter(({ kind }) => kind === "adjustment")).toHaveLength(2);
    expect(costOf(logs)).toBe(0n);
    const credits: bigint[] = [];
    for (let turn = 0; turn < 3; turn += 1) credits.push((await asked(person, empty())).credited);
    expect(credits.map((credit) => credit > 0n)).toEqual([true, true, false]);
  });

  it.each([
    ["a stream that broke after thinking", { reasoning: 40, showReasoning: true, errorAfter: 0 }],
    ["a stream that ended before a word", { reasoning: 40, showReasoning: true, endAfter: 0 }],
  ] satisfies [string, SimulatorScript][])("is given back: %s", async (_name, script) => {
    const person = await makeCustomer(app.database);
    const messageId = randomUUID();
    const body = { messageId, model: MODEL, text: ask(script) };
    expect((await readRefusal(await chat(person, body))).code).toBe("provider_failed");
    const { logs } = await booksOf(app.database.sql, messageId);
    expect(logs[0]?.cost).toBeGreaterThan(0n);
    expect(costOf(logs)).toBe(0n);
  });

  it("that cost nothing uses up no credit", async () => {
    const person = await makeCustomer(app.database);
    for (let turn = 0; turn < 3; turn += 1) {
      const response = await chat(person, { model: MODEL, text: ask({ status: 500 }) });
      expect(response.status).toBe(502);
      forgetProviderHealth();
    }
    const credits: bigint[] = [];
    for (let turn = 0; turn < 3; turn += 1) credits.push((await asked(person, empty())).credited);
    expect(credits).toEqual([1n, 1n, 1n].map((one) => one * 100n * TOKEN));
  });
});

describe("what the person did is not given back", () => {
  it("Stop before the first word", async () => {
    const person = await makeCustomer(app.database);
    const messageId = randomUUID();
    const gone = new AbortController();
    const text = ask({ pauseBeforeHead: true });
    const body = { messageId, model: MODEL, text };
    const response = chat(person, body, { signal: gone.signal });
    await app.simulator.waitForCalls(1);
    gone.abort();
    const { logs } = await booksOf(app.database.sql, messageId);
    expect(logs).toMatchObject([{ kind: "usage", source: "estimated" }]);
    expect(logs[0]?.cost).toBeGreaterThan(0n);
    await response;
  });

  it("an answer emptied by their own max_tokens", async () => {
    const person = await makeCustomer(app.database);
    const { answer, books, credited } = await asked(person, { reasoning: 5_000, input: 100 }, 64);
    expect(answer).toMatchObject({ text: "", finishReason: "length" });
    expect(credited).toBe(0n);
    expect(books.logs).toHaveLength(1);
    expect(costOf(books.logs)).toBe(100n * TOKEN + 64n * 200_000n);
  });

  it("a part of an answer that broke off", async () => {
    const person = await makeCustomer(app.database);
    const { books, credited } = await asked(person, { errorAfter: 2 });
    expect(credited).toBe(0n);
    expect(books.logs).toHaveLength(1);
  });
});

it("an answer emptied by a cap that was not theirs is given back", async () => {
  const person = await makeCustomer(app.database);
  const script = { reasoning: 1_000_000, input: 100 };
  const { answer, credited, books } = await asked(person, script);
  expect(answer).toMatchObject({ text: "", finishReason: "length" });
  expect(credited).toBeGreaterThan(0n);
  expect(costOf(books.logs)).toBe(0n);
});
