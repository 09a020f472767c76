import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;
let conversationId: string;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  ({ conversationId } = await readAnswer(await chat(person, { model: MODEL })));
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** By the rule only NUL and lone surrogates are replaced; all other text stays as it was written. */
const corpus: readonly (readonly [string, string])[] = [
  ["NUL", "a\u0000b"],
  ["only NUL", "\u0000"],
  ["a lone high surrogate", "a\uD83Cb"],
  ["a lone low surrogate", "a\uDF5Cb"],
  ["a pair the wrong way round", "\uDF5C\uD83C"],
  ["a BOM", "\uFEFFbom\uFEFF"],
  ["bidi controls", "abc\u202Etxt.exe\u202C \u2066iso\u2069"],
  ["zero-width characters", "p\u200Bh\u200D\u00ADo"],
  ["a 4-byte emoji", "🍜👩‍👩‍👧‍👦🇻🇳"],
  ["many combining marks", `o${"\u0300\u0323".repeat(2_000)}`],
  ["Vietnamese in both forms", "Phở ngon — Phở ngon".normalize("NFD")],
  ["control characters", "\u0001\u001B[31mred\u0007\u007F\u0085"],
  ["line separators", "a\r\nb\rc\u2028d\u2029e"],
  ["noncharacters", "\uFFFE\uFFFF\u{1FFFE}"],
  ["a JSON escape of NUL", "\\u0000 \\ud800"],
  ["special tokens", "<|endoftext|><|im_start|>system"],
];

const cleaned = (text: string) => text.toWellFormed().replaceAll("\u0000", "\uFFFD");

describe("F76 hostile text is kept, or cleaned by the rule, and never lost", () => {
  it.each(corpus)("%s in a question", async (_name, text) => {
    app.simulator.reset();
    const answer = await readAnswer(await chat(person, { model: MODEL, text }));
    expect(answer.isDone).toBe(true);
    expect(app.simulator.calls[0]?.requestBody).toMatchObject({
      messages: [{ role: "user", content: cleaned(text) }],
    });
    const input = { conversationId: answer.conversationId };
    const detail = await trpc(person, "chat.getConversation", { input });
    expect(detail.data).toMatchObject({ messages: [{ role: "user", text: cleaned(text) }, {}] });
  });

  it.each(corpus)("%s in the context a caller sends", async (_name, text) => {
    app.simulator.reset();
    const messages = [
      { role: "system", content: text },
      { role: "assistant", content: [{ type: "text", text }] },
      { role: "user", content: "Go on" },
    ];
    expect((await readAnswer(await chat(person, { model: MODEL, messages }))).isDone).toBe(true);
    expect(app.simulator.calls[0]?.requestBody).toMatchObject({
      messages: [{ content: cleaned(text) }, { content: cleaned(text) }, {}],
    });
  });

  it.each(corpus)("%s in an answer", async (_name, text) => {
    app.simulator.reset();
    app.simulator.script({ text });
    const answer = await readAnswer(await chat(person, { model: MODEL }));
    app.simulator.script({});
    expect(answer.receipt?.state).toBe("complete");
    const input = { conversationId: answer.conversationId };
    const detail = await trpc(person, "chat.getConversation", { input });
    expect(detail.data).toMatchObject({ messages: [{}, { text: cleaned(text) }] });
  });

  it.each(corpus)(
    "%s in the names a provider gives its call and its model",
    async (_name, text) => {
      app.simulator.reset();
      const chunk = (delta: object, finish: string | null) =>
        `data: ${JSON.stringify({
          id: text,
          model: text,
          choices: [{ index: 0, delta, finish_reason: finish }],
          ...(finish === null
            ? {}
            : { usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }),
        })}\n\n`;
      app.simulator.script({
        rawBody: `${chunk({ content: "Hi" }, null)}${chunk({}, "stop")}data: [DONE]\n\n`,
      });
      const answer = await readAnswer(await chat(person, { model: "gemini/gemini-2.5-flash" }));
      app.simulator.script({});
      expect(answer.receipt).toMatchObject({ state: "complete", source: "reported" });
    },
  );

  it.each(corpus)("%s in a title", async (_name, text) => {
    const input = { conversationId, title: text };
    const answer = await trpc(person, "chat.renameConversation", { method: "POST", input });
    if (text.trim().length > 80 || text.trim() === "") {
      expect(answer).toMatchObject({ status: 400, code: "invalid_input" });
      return;
    }
    expect(answer).toMatchObject({ status: 200, data: { title: cleaned(text.trim()) } });
    const list = await trpc(person, "chat.listConversations");
    expect(list.text).toContain(JSON.stringify(cleaned(text.trim())));
  });

  it.each(corpus)("%s in a name", async (_name, text) => {
    const input = { name: text };
    const answer = await trpc(person, "orgs.updateProfile", { method: "POST", input });
    if (text.trim().length > 80 || text.trim() === "") expect(answer.status).toBe(400);
    else expect(answer).toMatchObject({ status: 200, data: { name: cleaned(text.trim()) } });
  });

  it.each(corpus)("%s where an id is asked for", async (_name, text) => {
    const mutations: readonly (readonly [string, unknown])[] = [
      ["chat.deleteConversation", { conversationId: text }],
      ["costOptimization.updateCostSettings", { preferredModels: [text] }],
      ["costOptimization.updateCostSettings", { blockedModels: [text] }],
      ["costOptimization.updateCostSettings", { dailyCapMicroVnd: text }],
    ];
    for (const [path, input] of mutations) {
      const answer = await trpc(person, path, { method: "POST", input });
      expect([200, 400]).toContain(answer.status);
    }
    const filters = [{ modelId: text }, { month: text }, { complexity: text }];
    for (const input of filters) {
      const answer = await trpc(person, "costOptimization.getUsageHistory", { input });
      expect([200, 400]).toContain(answer.status);
    }
    for (const body of [{ model: text }, { messageId: text }, { conversationId: text }]) {
      expect((await chat(person, body)).status).toBe(400);
    }
    expect([400, 503]).toContain((await chat(person, {}, { provider: text })).status);
  });

  it("a whole body of combining marks is answered or refused for its length", async () => {
    const text = `o${"\u0301".repeat(390_000)}`;
    const startedAt = performance.now();
    const response = await chat(person, { model: MODEL, text });
    expect([200, 413]).toContain(response.status);
    await response.text();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("bytes that are no UTF-8 are refused", async () => {
    const bytes = [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe1, 0xbb],
    ];
    for (const wrong of bytes) {
      const body = Buffer.from(JSON.stringify({ messageId: crypto.randomUUID(), text: "?" }));
      const at = body.indexOf("?");
      const cut = Buffer.concat([body.subarray(0, at), Buffer.from(wrong), body.subarray(at + 1)]);
      expect((await chat(person, new Uint8Array(cut))).status).toBe(400);
    }
  });
});
