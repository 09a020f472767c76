import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetProviderHealth, isProviderHealthy } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf, costOf, shortenTimeouts, type TurnBooks } from "../support/turn-books.ts";
import { until } from "../support/until.ts";

const PICKED = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;
let restore: () => void;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
  restore = shortenTimeouts({ firstByteMs: 300 });
});

afterEach(() => {
  restore();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** The n-th request of the turn gets the n-th script; every later one a plain answer. */
const inTurn = (...scripts: readonly SimulatorScript[]) => {
  app.simulator.script(({ attempt }) => scripts[attempt - 1] ?? {});
};

async function asked(body: { readonly model?: string } = {}) {
  const messageId = randomUUID();
  const answer = await readAnswer(await chat(person, { messageId, ...body }));
  const books = await booksOf(app.database.sql, messageId);
  return { messageId, answer, books, calls: app.simulator.calls };
}

async function refused(body: { readonly model?: string } = {}) {
  const messageId = randomUUID();
  const refusal = await readRefusal(await chat(person, { messageId, ...body }));
  return { messageId, refusal, books: await booksOf(app.database.sql, messageId) };
}

/** One usage log for each request the provider received, in their order. */
function expectOnePerRequest({ calls, logs }: TurnBooks): void {
  expect(calls.map((call) => call.logs)).toEqual(app.simulator.calls.map(() => 1));
  app.simulator.calls.forEach(({ status, callId }, index) => {
    if (status === 200) expect(calls[index]?.requestId).toBe(callId);
  });
  const usage = logs.filter(({ kind }) => kind === "usage");
  expect(usage.map(({ isFinal }) => isFinal)).toEqual(
    usage.map((_log, index) => index === usage.length - 1),
  );
  for (const log of usage) expect(log.priceModel).toBe(log.model);
}

describe("F25 a provider fails before the first token", () => {
  it.each([
    ["429 with a short wait", { status: 429, retryAfter: "0" }, "throttled"],
    ["429 without a wait", { status: 429 }, "throttled"],
    ["500", { status: 500 }, "rejected"],
    ["529", { status: 529, errorCode: "overloaded_error" }, "rejected"],
    ["503", { status: 503 }, "rejected"],
    ["409", { status: 409 }, "rejected"],
  ])("%s, then works: the same model, an attempt of its own in the books", async (...row) => {
    const [, script, outcome] = row;
    inTurn(script);
    const { answer, books, calls } = await asked();
    expect(answer).toMatchObject({ isDone: true, error: null });
    expect(calls.map(({ model }) => model)).toEqual([calls[0]?.model, calls[0]?.model]);
    expect(books.calls).toMatchObject([
      { attempt: 1, outcome },
      { attempt: 2, outcome: "complete" },
    ]);
    expectOnePerRequest(books);
    const [failed, answered] = books.logs;
    expect(failed).toMatchObject({ cost: 0n, total: 0, source: "reported", saved: 0n });
    expect(answered?.cost).toBeGreaterThan(0n);
    expect(costOf(books.logs)).toBeLessThanOrEqual(books.hold);
    expect(answer.receipt?.usageLogIds).toEqual(books.logs.map(({ id }) => id));
    expect(answer.receipt?.costMicroVnd).toBe(costOf(books.logs).toString());
    expect(answer.decision).toMatchObject({ replacedModelId: null });
  });

  it.each([
    ["500 twice", [{ status: 500 }, { status: 500 }]],
    ["529 twice", [{ status: 529 }, { status: 529 }]],
    ["429 that asks for a minute", [{ status: 429, retryAfter: "60" }]],
    ["no head in time", [{ pauseBeforeHead: true }]],
  ] satisfies [string, SimulatorScript[]][])(
    "%s: another provider's model answers, at its own price and inside the hold",
    async (_name, scripts) => {
      inTurn(...scripts);
      const { messageId, answer, books, calls } = await asked();
      expect(answer).toMatchObject({ isDone: true, error: null });
      expect(calls).toHaveLength(scripts.length + 1);
      expect(calls.at(-1)?.wire).not.toBe(calls[0]?.wire);
      expectOnePerRequest(books);
      const [first] = books.calls;
      const served = books.logs.find(({ isFinal }) => isFinal);
      expect(served?.model).not.toBe(first?.model);
      expect(answer.decision).toMatchObject({
        modelId: served?.model,
        provider: served?.provider,
        replacedModelId: first?.model,
      });
      expect(answer.receipt?.servedModelId).toBe(served?.model);
      expect(costOf(books.logs)).toBeLessThanOrEqual(books.hold);
      expect(answer.receipt?.costMicroVnd).toBe(costOf(books.logs).toString());
      // What is kept tells the same as what was streamed.
      const kept = await trpc(person, "chat.getConversation", {
        input: { conversationId: answer.conversationId },
      });
      expect(JSON.stringify(kept.data)).toContain(`"replacedModelId":"${String(first?.model)}"`);
      const again = await readAnswer(await chat(person, { messageId }));
      expect(again).toMatchObject({ isReplayed: true, decision: answer.decision });
    },
  );

  it("a fallback that reports more than was held: all of it is booked, openly", async () => {
    app.simulator.script(({ attempt, wire }) =>
      attempt < 3 ? { status: 500 } : { usage: hugeUsage(wire) },
    );
    const { answer, books } = await asked();
    expect(answer.isDone).toBe(true);
    expect(books.logs.at(-1)).toMatchObject({ source: "reported", output: 9_000 });
    expect(costOf(books.logs)).toBeGreaterThan(books.hold);
    expect(answer.receipt?.costMicroVnd).toBe(costOf(books.logs).toString());
  });

  it("three attempts fail: an error, no fourth, nothing charged, the hold given back", async () => {
    inTurn({ status: 500 }, { status: 529 }, { status: 503 }, { status: 500 });
    const { refusal, books } = await refused();
    expect(refusal).toMatchObject({ status: 502, code: "provider_failed" });
    expect(app.simulator.calls).toHaveLength(3);
    expect(books).toMatchObject({ state: "failed", holdState: "settled", reserved: "0" });
    expectOnePerRequest(books);
    expect(costOf(books.logs)).toBe(0n);
  });

  it.each([400, 401, 403, 404, 413, 422])(
    "%i is nobody else's business: one request, no fallback",
    async (status) => {
      inTurn({ status });
      const { refusal, books } = await refused();
      expect(refusal).toMatchObject({ status: 502, code: "provider_failed" });
      expect(app.simulator.calls).toHaveLength(1);
      expectOnePerRequest(books);
      expect(costOf(books.logs)).toBe(0n);
    },
  );

  it("nothing is tried again once a word was shown", async () => {
    inTurn({ errorAfter: 1, output: 40 });
    const { answer, books } = await asked();
    expect(answer.error?.code).toBe("provider_failed");
    expect(app.simulator.calls).toHaveLength(1);
    expect(books.logs).toHaveLength(1);
  });

  it("a picked model is not replaced: it is tried twice, then the error is shown", async () => {
    inTurn({ status: 500 }, { status: 500 }, { status: 500 });
    const { refusal, books } = await refused({ model: PICKED });
    expect(refusal.code).toBe("provider_failed");
    expect(books.calls.map(({ model }) => model)).toEqual([PICKED, PICKED]);
    expect(app.simulator.calls).toHaveLength(2);
  });

  it("a reader that leaves during the wait ends the turn: no further request", async () => {
    inTurn({ status: 429, retryAfter: "5" });
    const messageId = randomUUID();
    const gone = new AbortController();
    const response = chat(person, { messageId, model: PICKED }, { signal: gone.signal });
    // The attempt was judged, so the turn waits now.
    await until(() => (globalThis.phoChatProviderHealth?.breakers.size ?? 0) > 0);
    gone.abort();
    const books = await booksOf(app.database.sql, messageId, 3_000);
    expect(books).toMatchObject({ reserved: "0", calls: [{ outcome: "throttled" }] });
    expect(costOf(books.logs)).toBe(0n);
    expect(app.simulator.calls).toHaveLength(1);
    await response.catch(() => undefined);
  });
});

describe("F25 a model that keeps failing", () => {
  it("is left out of the choice after five failures in a row, and is not asked", async () => {
    app.simulator.script({ status: 500 });
    for (let turn = 0; turn < 3; turn += 1) await refused({ model: PICKED });
    // Two turns of two tries; the fifth failure opened the breaker, so the third turn ended with it.
    expect(app.simulator.calls).toHaveLength(5);
    expect(isProviderHealthy("openai", "gpt-5.4-mini")).toBe(false);
    app.simulator.reset();
    const before = await app.database.sql`select count(*)::int as n from reservations`;
    const refusal = await readRefusal(await chat(person, { model: PICKED }));
    expect(refusal).toMatchObject({ status: 502, code: "provider_failed" });
    expect(app.simulator.calls).toEqual([]);
    expect(await app.database.sql`select count(*)::int as n from reservations`).toEqual(before);
    const answer = await readAnswer(await chat(person, {}));
    expect(answer.isDone).toBe(true);
    expect(answer.decision?.modelId).not.toBe(PICKED);
  });

  it("is passed over as a fallback too", async () => {
    const first = (await asked()).books.calls[0]?.model ?? "";
    app.simulator.reset();
    app.simulator.script({ status: 500 });
    const fallen = (await refused()).books.calls.at(-1)?.model ?? "";
    expect(fallen).not.toBe(first);
    forgetProviderHealth();
    app.simulator.reset();
    app.simulator.script({ status: 500 });
    for (let turn = 0; turn < 3; turn += 1) await refused({ model: fallen });
    app.simulator.reset();
    inTurn({ status: 500 }, { status: 500 });
    const { books } = await asked();
    expect(books.calls.map(({ model }) => model)).not.toContain(fallen);
  });
});

/** Far beyond the cap, yet within what a provider may owe itself to bill. */
function hugeUsage(wire: string): Record<string, unknown> {
  return wire === "anthropic"
    ? { input_tokens: 30, output_tokens: 9_000 }
    : { prompt_tokens: 30, completion_tokens: 9_000, total_tokens: 9_030 };
}
