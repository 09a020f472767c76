import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildContext, questionText, titleOf, tokensOf } from "@/features/chat/build-context.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";

fc.configureGlobal({ seed: 2_026 });

const MESSAGE_ID = "00000000-0000-4000-8000-000000000001";
const CONVERSATION_ID = "00000000-0000-4000-8000-000000000002";

const request = (messages: readonly unknown[], parts: object = {}) =>
  sendMessageInput.parse({ messageId: MESSAGE_ID, messages, ...parts });

/** One token a character, so that lengths can be read off. */
const count = (text: string) => text.length;

const history = [
  { role: "user" as const, text: "một" },
  { role: "assistant" as const, text: "hai hai" },
  { role: "user" as const, text: "ba" },
  { role: "assistant" as const, text: "bốn bốn" },
];
const question = { role: "user" as const, text: "năm?" };

const contextWith = (historyTokensMax: number, past: typeof history = history) =>
  buildContext({
    request: request([{ role: "user", content: "năm?" }], { conversationId: CONVERSATION_ID }),
    history: past,
    question: "năm?",
    historyTokensMax,
    count,
  });

describe("the question", () => {
  it("is the last message, its parts joined by lines", () => {
    const parts = [
      { type: "text", text: "Dòng một" },
      { type: "text", text: "Dòng hai" },
    ];
    const asked = request([
      { role: "system", content: "x" },
      { role: "user", content: parts },
    ]);
    expect(questionText(asked)).toBe("Dòng một\nDòng hai");
  });

  it("is well-formed and free of NUL; nothing else of it is touched", () => {
    const asked = (content: string) => questionText(request([{ role: "user", content }]));
    expect(asked("a\u0000b\ud83cc\u202e <b>🍜\r\n")).toBe("a\ufffdb\ufffdc\u202e <b>🍜\r\n");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const clean = text.replaceAll("\u0000", "\ufffd");
        return asked(text) === clean && asked(clean) === clean;
      }),
    );
  });
});

describe("the context with a conversation", () => {
  it("is its own history, then the question; other messages of the caller do not count", () => {
    const asked = request(
      [
        { role: "assistant", content: "bịa đặt" },
        { role: "user", content: "năm?" },
      ],
      { conversationId: CONVERSATION_ID },
    );
    const context = buildContext({
      request: asked,
      history,
      question: "năm?",
      historyTokensMax: 1_000,
      count,
    });
    expect(context).toEqual([...history, question]);
  });

  it.each([
    ["all that fits to the token", 35, 4],
    ["no answer whose question was cut off", 34, 2],
    ["the newest first", 17, 2],
    ["nothing when the newest is too long", 10, 0],
    ["nothing at zero", 0, 0],
  ])("keeps %s", (_name, historyTokensMax, kept) => {
    expect(contextWith(historyTokensMax)).toEqual([
      ...history.slice(history.length - kept),
      question,
    ]);
  });

  it("leaves out empty answers", () => {
    const past = [history[0] ?? question, { role: "assistant" as const, text: "" }];
    expect(contextWith(1_000, past)).toEqual([history[0], question]);
  });

  it("always ends with the whole question and never holds more history than allowed", () => {
    const message = fc.record({
      role: fc.constantFrom("user" as const, "assistant" as const),
      text: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(message), fc.nat({ max: 200 }), (past, historyTokensMax) => {
        const context = contextWith(historyTokensMax, past);
        expect(context.at(-1)).toEqual(question);
        const kept = context.slice(0, -1);
        expect(tokensOf(kept, count)).toBeLessThanOrEqual(historyTokensMax);
        const newest = past.filter(({ text }) => text !== "").slice(-kept.length);
        expect(kept).toEqual(kept.length === 0 ? [] : newest);
      }),
    );
  });
});

describe("the context without a conversation", () => {
  it("is what the caller sent, cleaned, whatever the stored history", () => {
    const asked = request([
      { role: "system", content: "Nói\u0000ngắn" },
      { role: "assistant", content: [{ type: "text", text: "Vâng" }] },
      { role: "user", content: "năm?" },
    ]);
    const context = buildContext({
      request: asked,
      history,
      question: "năm?",
      historyTokensMax: 0,
      count,
    });
    expect(context).toEqual([
      { role: "system", text: "Nói\ufffdngắn" },
      { role: "assistant", text: "Vâng" },
      question,
    ]);
  });
});

describe("tokens of a context", () => {
  it("are those of the texts and four for each message's frame", () => {
    expect(tokensOf([], count)).toBe(0);
    expect(tokensOf([question, question], count)).toBe(16);
  });
});

describe("the first title of a conversation", () => {
  it.each([
    ["a short question as it is", "Bầu trời xanh?", "Bầu trời xanh?"],
    ["one line of many", "  Một\n\n\thai\u200b ba ", "Một hai ba"],
    ["dots for nothing to show", " \n\u0000\u200b ", "…"],
    ["whole words of a long one", "từ ".repeat(30), `${"từ ".repeat(20).trim()}…`],
    ["60 characters of one long word", "x".repeat(100), `${"x".repeat(60)}…`],
  ])("is %s", (_name, asked, title) => {
    expect(titleOf(asked)).toBe(title);
  });

  it("is one line, never empty, at most 80 characters, and cuts no character in two", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (asked) => {
        const title = titleOf(asked);
        expect(title).toMatch(/^[^\r\n]+$/u);
        expect([...title].length).toBeLessThanOrEqual(80);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });
});
