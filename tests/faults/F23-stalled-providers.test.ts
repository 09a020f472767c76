import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anthropicProvider } from "@/server/llm/anthropic.ts";
import { openAiProvider } from "@/server/llm/openai.ts";
import type { LlmProvider } from "@/server/llm/stream-completion.ts";
import { providerTimeouts } from "@/server/llm/stream-deadline.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { ask as askProvider } from "../support/simulator-client.ts";
import { booksOf, costOf, shortenTimeouts } from "../support/turn-books.ts";

/** A hundredth and less of the real ones; in the same order of length. */
const short = { firstByteMs: 250, idleMs: 400, totalMs: 1_200 };

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
  restore = shortenTimeouts(short);
});

afterEach(() => {
  restore();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const WIRES = ["openai", "gemini", "anthropic"] as const;

function adapter(wire: (typeof WIRES)[number]): LlmProvider {
  const { openAiBaseUrl, geminiBaseUrl, anthropicBaseUrl } = app.simulator;
  const common = { id: wire, wire, apiKey: "sk-test" };
  if (wire === "anthropic") {
    return anthropicProvider({ ...common, baseUrl: anthropicBaseUrl }, short);
  }
  const baseUrl = wire === "openai" ? openAiBaseUrl : geminiBaseUrl;
  return openAiProvider({ ...common, baseUrl }, short);
}

type Stall = {
  readonly name: string;
  readonly script: SimulatorScript;
  readonly says: string;
  readonly bounds: readonly [number, number];
};

const stalls: readonly Stall[] = [
  {
    name: "before the head",
    script: { pauseBeforeHead: true },
    ...{ says: "no response within", bounds: [short.firstByteMs, short.idleMs] },
  },
  {
    name: "after the head, before the first token",
    script: { pauseAfter: 0 },
    ...{ says: "silent for", bounds: [short.idleMs, short.totalMs] },
  },
  {
    name: "in the middle",
    script: { pauseAfter: 3 },
    ...{ says: "silent for", bounds: [short.idleMs, short.totalMs] },
  },
  {
    name: "one byte at a time, so that no event is ever whole",
    script: { dripMs: 25 },
    ...{ says: "silent for", bounds: [short.idleMs, short.totalMs] },
  },
  {
    name: "one event at a time, for ever",
    script: { output: 4_000, tokensPerChunk: 1, delayMsPerChunk: 50 },
    ...{ says: "not finished within", bounds: [short.totalMs, short.totalMs + 1_000] },
  },
];

const table = stalls.flatMap((stall) => WIRES.map((wire) => ({ wire, ...stall })));

describe("F23 a provider stalls", () => {
  it.each(table)("$wire: $name ends as a time-out and closes the line", async (stall) => {
    const { wire, script, says, bounds } = stall;
    app.simulator.script(script);
    const startedAt = performance.now();
    const answer = await askProvider(adapter(wire), "Hello");
    const tookMs = performance.now() - startedAt;
    expect(answer.error).toMatchObject({ kind: "timeout" });
    expect(answer.error?.message).toContain(says);
    expect(tookMs).toBeGreaterThanOrEqual(bounds[0] - 5);
    expect(tookMs).toBeLessThan(bounds[1] + 300);
    await app.simulator.until(([call]) => call?.disconnectedAt !== null);
  });

  it("really waits 30 s for a head, 2 min for an event, 10 min in all", () => {
    restore();
    expect(providerTimeouts).toEqual({ firstByteMs: 30_000, idleMs: 120_000, totalMs: 600_000 });
  });

  it("in the middle: the person gets the part and an error, the turn is settled", async () => {
    const messageId = randomUUID();
    const text = ask({ output: 80, pauseAfter: 5 });
    const answer = await readAnswer(
      await chat(person, { messageId, model: "openai/gpt-5.4-mini", text }),
    );
    expect(answer).toMatchObject({ isDone: false, error: { code: "provider_timeout" } });
    expect(answer.receipt).toMatchObject({ state: "interrupted", source: "estimated" });
    expect(answer.text).toBe(app.simulator.calls[0]?.textSent);
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({
      ...{ state: "finished", holdState: "settled", reserved: "0" },
      answer: { state: "interrupted", text: answer.text },
      calls: [{ outcome: "timeout", logs: 1 }],
    });
    expect(app.simulator.calls[0]?.disconnectedAt).not.toBeNull();
  });

  it("for ever, event by event: the total time ends it, the part is kept and billed", async () => {
    const messageId = randomUUID();
    const text = ask({ output: 4_000, tokensPerChunk: 1, delayMsPerChunk: 50 });
    const answer = await readAnswer(
      await chat(person, { messageId, model: "anthropic/claude-haiku-4-5", text }),
    );
    expect(answer.error?.code).toBe("provider_timeout");
    expect(answer.text.length).toBeGreaterThan(16);
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({ holdState: "settled", reserved: "0" });
    expect(books.logs).toMatchObject([{ source: "estimated" }]);
  });

  it("before the first token of a picked model: two tries, then an error; it costs nothing", async () => {
    const messageId = randomUUID();
    const text = ask({ pauseBeforeHead: true });
    const refusal = await readRefusal(
      await chat(person, { messageId, model: "openai/gpt-5.4-mini", text }),
    );
    expect(refusal).toMatchObject({ status: 504, code: "provider_timeout" });
    expect(app.simulator.calls.map(({ model }) => model)).toEqual(["gpt-5.4-mini", "gpt-5.4-mini"]);
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({ state: "failed", holdState: "settled", reserved: "0" });
    // What left us may be billed by the provider; the person is given it back.
    expect(books.logs.filter(({ kind }) => kind === "usage")).toHaveLength(2);
    expect(costOf(books.logs)).toBe(0n);
  });

  it("before the first token of a chosen model: another provider answers at once", async () => {
    const messageId = randomUUID();
    app.simulator.script(({ attempt }) => (attempt === 1 ? { pauseBeforeHead: true } : {}));
    const startedAt = performance.now();
    const answer = await readAnswer(await chat(person, { messageId }));
    expect(answer).toMatchObject({ isDone: true, error: null });
    expect(performance.now() - startedAt).toBeLessThan(short.firstByteMs + 1_000);
    const [first, second, ...others] = app.simulator.calls;
    expect(others).toEqual([]);
    expect(second?.wire).not.toBe(first?.wire);
    expect(first?.disconnectedAt).not.toBeNull();
  });
});
