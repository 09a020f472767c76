import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeModel } from "../factories/models.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { booksOf, costOf, estimatedTokensOf } from "../support/turn-books.ts";

let app: AppUnderTest;
let line: TcpProxy;
let person: Person;

beforeAll(async () => {
  line = await startTcpProxy(() => ({
    host: "127.0.0.1",
    port: Number(new URL(app.simulator.url).port),
  }));
  const local = {
    ...{ name: "line", apiKey: "sk-line" },
    baseUrl: `http://127.0.0.1:${line.port}/v1`,
  };
  app = await startApp({ settings: { OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([local]) } });
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
  await line.close();
});

const MODELS = [
  "openai/gpt-5.4-mini",
  "gemini/gemini-2.5-flash",
  "anthropic/claude-haiku-4-5",
] as const;

const breaks: readonly [string, SimulatorScript][] = [
  ["a reset", { resetAfter: 5 }],
  ["an end without a finish", { endAfter: 5 }],
  ["an error event after status 200", { errorAfter: 5, errorCode: "overloaded_error" }],
];

const table = breaks.flatMap(([name, script]) => MODELS.map((model) => ({ name, script, model })));

describe("F24 a stream breaks", () => {
  it.each(table)("$model: $name mid-answer keeps and bills the part", async ({ script, model }) => {
    const messageId = randomUUID();
    const body = { messageId, model, text: ask({ ...script, output: 80 }) };
    const answer = await readAnswer(await chat(person, body));
    const [call, ...others] = app.simulator.calls;
    expect(others).toEqual([]);
    expect(answer).toMatchObject({ isDone: false, text: call?.textSent });
    expect(answer.error?.code).toBe("provider_failed");
    expect(answer.receipt).toMatchObject({ state: "interrupted", source: "estimated" });
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({
      ...{ state: "finished", holdState: "settled", reserved: "0" },
      answer: { role: "assistant", state: "interrupted", text: call?.textSent },
      calls: [{ outcome: "failed", isDispatched: true, logs: 1 }],
    });
    expect(books.logs).toMatchObject([{ kind: "usage", source: "estimated", isFinal: true }]);
    const seen = await countTokens(call?.textSent ?? "");
    expect(books.logs[0]?.output).toBe(estimatedTokensOf(model, seen));
    expect(costOf(books.logs)).toBeLessThan(books.hold);
    expect(answer.receipt?.costMicroVnd).toBe(costOf(books.logs).toString());
  });

  it("the part of a broken answer is not paid for twice by asking again with its id", async () => {
    const messageId = randomUUID();
    const body = { messageId, model: MODELS[0], text: ask({ resetAfter: 5, output: 80 }) };
    const first = await readAnswer(await chat(person, body));
    const books = await booksOf(app.database.sql, messageId);
    const again = await readAnswer(await chat(person, body));
    expect(again).toMatchObject({ isReplayed: true, text: first.text });
    expect(app.simulator.calls).toHaveLength(1);
    expect(await booksOf(app.database.sql, messageId)).toEqual(books);
  });

  it("sending it again on purpose is a turn, a hold and a charge of its own", async () => {
    const body = { messageId: randomUUID(), model: MODELS[0] };
    const script: SimulatorScript = { attempts: [{ resetAfter: 5 }, {}], output: 80 };
    const first = await readAnswer(await chat(person, { ...body, text: ask(script) }));
    const retry = {
      ...{ messageId: randomUUID(), retryOf: body.messageId, model: MODELS[0] },
      conversationId: first.conversationId,
      text: ask(script),
    };
    const second = await readAnswer(await chat(person, retry));
    expect(second).toMatchObject({ isDone: true, isReplayed: false });
    const [one, two] = await Promise.all([
      booksOf(app.database.sql, body.messageId),
      booksOf(app.database.sql, retry.messageId),
    ]);
    expect([one.logs.length, two.logs.length]).toEqual([1, 1]);
    expect(one.logs[0]?.id).not.toBe(two.logs[0]?.id);
  });

  it("a reset before the head is tried again inside the same hold, each attempt in the books", async () => {
    const messageId = randomUUID();
    const script: SimulatorScript = { attempts: [{ resetBeforeHead: true }, {}] };
    const body = { messageId, model: MODELS[0], text: ask(script) };
    const answer = await readAnswer(await chat(person, body));
    expect(answer).toMatchObject({ isDone: true, error: null });
    const books = await booksOf(app.database.sql, messageId);
    expect(books.calls).toMatchObject([
      { attempt: 1, outcome: "failed", logs: 1 },
      { attempt: 2, outcome: "complete", logs: 1 },
    ]);
    // What left us may be billed: the request that was reset counts with its input, by estimate.
    expect(books.logs).toMatchObject([
      { source: "estimated", output: 0, isFinal: false },
      { source: "reported", isFinal: true },
    ]);
    expect(costOf(books.logs)).toBe(BigInt(answer.receipt?.costMicroVnd ?? -1));
  });

  it("a provider that takes no connection was never sent anything: nothing is billed", async () => {
    const model = await makeModel(app.database.db, "line/away");
    await line.cut();
    const messageId = randomUUID();
    const refusal = await readRefusal(await chat(person, { messageId, model }));
    await line.mend();
    expect(refusal).toMatchObject({ status: 502, code: "provider_failed" });
    const books = await booksOf(app.database.sql, messageId);
    expect(costOf(books.logs)).toBe(0n);
    expect(books.reserved).toBe("0");
    expect(app.simulator.calls).toEqual([]);
  });
});
