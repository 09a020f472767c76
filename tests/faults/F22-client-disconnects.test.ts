import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { serveDoors, type HttpDoor } from "../support/http-door.ts";
import { eventsOf, readAnswer } from "../support/read-answer.ts";
import { booksOf, estimatedTokensOf } from "../support/turn-books.ts";

const CHUNKS = 100;
const MODELS = [
  "openai/gpt-5.4-mini",
  "gemini/gemini-2.5-flash",
  "anthropic/claude-haiku-4-5",
] as const;

let app: AppUnderTest;
let door: HttpDoor;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  door = await serveDoors();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await door.close();
  await app.stop();
});

/** Falls silent at a share of its chunks, so that leaving is no race; 0: before its head. */
const silentAt = (share: number) => ({
  output: CHUNKS * 4,
  tokensPerChunk: 4,
  ...(share === 0 ? { pauseBeforeHead: true } : { pauseAfter: Math.round(CHUNKS * share) }),
});

/** Closes the socket once so many chunks have come. @returns the instant it left. */
async function leaveAt(share: number, model: string, messageId: string): Promise<number> {
  const gone = new AbortController();
  const asked = fetch(`${door.url}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: ORIGIN, cookie: person.cookie, "content-type": "application/json" },
    body: chatJson({ messageId, model, text: ask(silentAt(share)) }),
    signal: gone.signal,
  });
  if (share === 0) {
    asked.catch(() => undefined);
    await app.simulator.waitForCalls(1);
  } else {
    const reader = eventsOf(await asked);
    for (let index = 0; index < 1 + CHUNKS * share; index += 1) await reader.next();
  }
  gone.abort();
  return Date.now();
}

const table = [0, 0.1, 0.5, 0.99].flatMap((share) => MODELS.map((model) => ({ share, model })));

describe("F22 a client disconnects", () => {
  it.each(table)("at $share of $model: the provider is stopped, the turn settled", async (row) => {
    const { share, model } = row;
    const messageId = randomUUID();
    const leftAt = await leaveAt(share, model, messageId);
    await app.simulator.until(([call]) => call?.disconnectedAt !== null);
    const [call, ...others] = app.simulator.calls;
    expect((call?.disconnectedAt ?? 0) - leftAt).toBeLessThan(1_000);
    const books = await booksOf(app.database.sql, messageId);
    // Held for 10 s at most; the wait above would not tell.
    expect(Date.now() - leftAt).toBeLessThan(10_000);
    expect(others).toEqual([]);
    expect(books).toMatchObject({
      ...{ state: "finished", holdState: "settled", reserved: "0" },
      answer: { role: "assistant", state: "interrupted", text: call?.textSent },
      calls: [{ outcome: "interrupted", isDispatched: true, logs: 1 }],
    });
    expect(books.logs).toMatchObject([{ source: "estimated", kind: "usage" }]);
    const seen = await countTokens(call?.textSent ?? "");
    expect(books.logs[0]?.output).toBe(estimatedTokensOf(model, seen));
    expect(books.logs[0]?.fresh).toBeGreaterThan(10);
    expect(books.logs[0]?.cost).toBeGreaterThan(0n);
  });

  it("after the last word but before the end: billed as seen, kept whole, no second call", async () => {
    const messageId = randomUUID();
    await leaveAt(1, MODELS[0], messageId);
    const books = await booksOf(app.database.sql, messageId);
    expect(app.simulator.calls).toHaveLength(1);
    expect(books.answer).toMatchObject({
      state: "interrupted",
      text: app.simulator.calls[0]?.textSent,
    });
    expect(books.logs).toHaveLength(1);
  });

  it("asking again with the same id gives what is there and calls nobody", async () => {
    const messageId = randomUUID();
    const body = { messageId, model: MODELS[0], text: ask(silentAt(0.5)) };
    const gone = new AbortController();
    const reader = eventsOf(await chat(person, body, { signal: gone.signal }));
    for (let index = 0; index <= CHUNKS / 2; index += 1) await reader.next();
    gone.abort();
    const before = await booksOf(app.database.sql, messageId);
    const again = await readAnswer(await chat(person, body));
    expect(again).toMatchObject({ isReplayed: true, text: before.answer?.text });
    expect(await booksOf(app.database.sql, messageId)).toEqual(before);
    expect(app.simulator.calls).toHaveLength(1);
  });
});
