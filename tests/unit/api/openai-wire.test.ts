import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  completionObject,
  DONE_EVENT,
  failureEvent,
  finishEvent,
  HEARTBEAT,
  makeDeltaEncoder,
  roleEvent,
  wireFinishReason,
} from "@/api/openai-wire.ts";
import type { DecisionView, ReceiptView } from "@/features/chat/schema.ts";

fc.configureGlobal({ seed: 2_026 });

const frame = { id: "chatcmpl-1", created: 1_790_000_000, model: "demo/pho-nho" };

const decision: DecisionView = {
  modelId: "demo/pho-nho",
  provider: "demo",
  score: 0.1,
  label: "simple",
  category: "chat",
  expectedCostMicroVnd: "3000000",
  reasonCode: "cheapest_fits",
  outputTokensMax: 3_200,
  policyVersion: "test-1",
  referenceModelId: "demo/pho-vua",
  savedExpectedMicroVnd: "7000000",
  stronger: { modelId: "demo/pho-vua", expectedCostMicroVnd: "10000000" },
  answersLeft: 1_600,
  strongerAnswersLeft: 500,
  replacedModelId: null,
  isCapTight: false,
};

const receipt: ReceiptView = {
  usageLogIds: ["log-1"],
  servedModelId: "demo/pho-nho",
  tokens: { freshInput: 7, cachedInput: 20, cacheWrite: 3, output: 11, reasoning: 5 },
  costMicroVnd: "1234567",
  savedMicroVnd: "-5",
  creditedMicroVnd: "0",
  remainingMicroVnd: "9007199254740993",
  source: "reported",
  state: "complete",
};

/** The payload of one event, read as a client reads it: one data line, then a blank one. */
function payloadOf(event: string): unknown {
  const [, json = ""] = /^data: ([^\n\r]*)\n\n$/.exec(event) ?? [];
  return JSON.parse(json);
}

const shared = { ...frame, object: "chat.completion.chunk" };

describe("the stream", () => {
  it("opens with the role, the conversation and the decision", () => {
    expect(payloadOf(roleEvent(frame, { conversationId: "c-1", decision }))).toEqual({
      ...shared,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
      pho: { conversationId: "c-1", decision },
    });
  });

  it("carries each piece of text unchanged in a chunk of its own, whatever it holds", () => {
    const encode = makeDeltaEncoder(frame);
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "\u0000", "\n\ndata: [DONE]\n\n", "\u2028", '"}]}', "\r\n", "ồ 🍜", "$&"),
    );
    fc.assert(
      fc.property(text, (piece) => {
        expect(payloadOf(encode(piece))).toEqual({
          ...shared,
          choices: [{ index: 0, delta: { content: piece }, finish_reason: null }],
        });
      }),
    );
  });

  it("keeps its frame whole, whatever the model is called", () => {
    const odd = { ...frame, model: '"content":"\u0000","x' };
    expect(payloadOf(makeDeltaEncoder(odd)("Chào"))).toMatchObject({
      model: odd.model,
      choices: [{ delta: { content: "Chào" } }],
    });
  });

  it("ends with the reason and the receipt, money to the last unit", () => {
    expect(payloadOf(finishEvent(frame, "length", { receipt }))).toEqual({
      ...shared,
      choices: [{ index: 0, delta: {}, finish_reason: "length" }],
      pho: { receipt },
    });
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["content_filter", "content_filter"],
    ["other", "stop"],
    ["", "stop"],
  ])("tells clients of OpenAI's API %j as %j", (ours, theirs) => {
    expect(wireFinishReason(ours)).toBe(theirs);
  });

  it("fails with one event that names the code, the request and what was booked", () => {
    const failure = { code: "provider_failed", message: "Lỗi", requestId: "r-1" };
    const error = { code: "provider_failed", message: "Lỗi" };
    expect(payloadOf(failureEvent({ ...failure, receipt: null }))).toEqual({
      error,
      requestId: "r-1",
    });
    const interrupted = { ...receipt, state: "interrupted" as const };
    expect(payloadOf(failureEvent({ ...failure, receipt: interrupted }))).toEqual({
      error,
      requestId: "r-1",
      pho: { receipt: interrupted },
    });
  });

  it("beats and closes as server-sent events do", () => {
    expect(HEARTBEAT).toMatch(/^:[^\n]*\n\n$/);
    expect(DONE_EVENT).toBe("data: [DONE]\n\n");
  });
});

describe("the whole answer in one object", () => {
  const answer = { text: "Chào bạn", finishReason: "other", receipt };

  it("has the text, and the usage as OpenAI counts it: all input, then output", () => {
    expect(completionObject(frame, answer, { conversationId: "c-1", decision })).toEqual({
      ...frame,
      object: "chat.completion",
      choices: [
        { index: 0, message: { role: "assistant", content: "Chào bạn" }, finish_reason: "stop" },
      ],
      usage: { prompt_tokens: 30, completion_tokens: 11, total_tokens: 41 },
      pho: { conversationId: "c-1", decision, receipt },
    });
  });

  it("says when it is a replay", () => {
    expect(completionObject(frame, answer, { replayed: true }).pho).toEqual({
      replayed: true,
      receipt,
    });
  });
});
