import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf, costOf } from "../support/turn-books.ts";
import { toolOnlyStreams } from "../support/wordless-streams.ts";

const models = {
  openai: "openai/gpt-5.4-mini",
  gemini: "gemini/gemini-2.5-flash",
  anthropic: "anthropic/claude-haiku-4-5",
} as const;
type Wire = keyof typeof models;
const WIRES = ["openai", "gemini", "anthropic"] as const;

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(async () => {
  forgetProviderHealth();
  app.simulator.reset();
  person = await makeCustomer(app.database);
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

type Case = {
  readonly name: string;
  readonly script: (wire: Wire) => SimulatorScript;
  readonly finish: string;
  readonly isCredited: boolean;
};

const cases: readonly Case[] = [
  { name: "empty", script: () => ({ empty: true }), finish: "stop", isCredited: true },
  {
    ...{ name: "thought only", finish: "stop", isCredited: true },
    script: () => ({ empty: true, reasoning: 60 }),
  },
  {
    ...{ name: "filtered before a word", finish: "content_filter", isCredited: true },
    script: () => ({ empty: true, refused: true }),
  },
  {
    ...{ name: "refused in words", finish: "content_filter", isCredited: false },
    script: () => ({ text: "I cannot help with that.", refused: true }),
  },
  {
    ...{ name: "tools only", finish: "other", isCredited: true },
    script: (wire) => ({ rawBody: toolOnlyStreams[wire] }),
  },
];

const table = cases.flatMap((row) => WIRES.map((wire) => ({ wire, ...row })));

describe("F33 an answer without words", () => {
  it.each(table)("$wire, $name: kept, billed or credited by the rule", async (row) => {
    const { wire, script, finish, isCredited } = row;
    const messageId = randomUUID();
    app.simulator.script(script(wire));
    const answer = await readAnswer(await chat(person, { messageId, model: models[wire] }));
    expect(answer).toMatchObject({ isDone: true, error: null });
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({
      ...{ state: "finished", holdState: "settled", reserved: "0" },
      answer: { role: "assistant", state: "complete", text: answer.text },
      calls: [{ outcome: "complete", logs: 1 }],
    });
    const usage = books.logs.filter(({ kind }) => kind === "usage");
    expect(usage).toMatchObject([{ source: "reported" }]);
    expect(usage[0]?.fresh).toBeGreaterThan(0);
    expect(costOf(usage)).toBeGreaterThan(0n);
    expect(usage[0]?.metadata["finishReason"]).toBe(finish);
    // The input is billed; where nothing came of it, it is given back.
    expect(costOf(books.logs)).toBe(isCredited ? 0n : costOf(usage));
    expect(answer.receipt).toMatchObject({
      state: "complete",
      costMicroVnd: costOf(books.logs).toString(),
      creditedMicroVnd: (costOf(usage) - costOf(books.logs)).toString(),
    });
  });

  it.each(WIRES)("%s: the conversation opens and goes on after an empty one", async (wire) => {
    app.simulator.script({ empty: true });
    const first = await readAnswer(await chat(person, { model: models[wire] }));
    const { conversationId } = first;
    const shown = await trpc(person, "chat.getConversation", { input: { conversationId } });
    expect(shown).toMatchObject({ status: 200, code: null });
    app.simulator.reset();
    const body = { conversationId, model: models[wire], text: "Go on" };
    const second = await readAnswer(await chat(person, body));
    expect(second).toMatchObject({ isDone: true, error: null, conversationId });
    // Anthropic refuses a message of nothing.
    expect(JSON.stringify(app.simulator.calls[0]?.requestBody)).not.toContain('"content":""');
  });

  it.each(WIRES)("%s: as one object instead of a stream it is whole too", async (wire) => {
    app.simulator.script({ empty: true });
    const response = await chat(person, { model: models[wire], stream: false });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { role: "assistant", content: "" }, finish_reason: "stop" }],
    });
  });
});
