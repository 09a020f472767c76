import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import {
  emptySeenStream,
  makeProgressClock,
  noteEvent,
  roughOutputTokens,
} from "@/features/ledger/watch-stream.ts";
import type { CompletionEvent } from "@/server/llm/stream-completion.ts";

fc.configureGlobal({ seed: 2_026 });

function seenAfter(...events: readonly CompletionEvent[]) {
  const seen = emptySeenStream(100);
  events.forEach((event, index) => noteEvent(seen, event, 101 + index));
  return seen;
}

describe("what was seen of an answer", () => {
  it("starts empty at its instant", () => {
    expect(seenAfter()).toEqual({
      text: "",
      reasoningText: "",
      usage: null,
      isUsageAbsurd: false,
      finishReason: null,
      servedModel: null,
      providerRequestId: null,
      startedAtMs: 100,
      firstTokenAtMs: null,
    });
  });

  it("joins the text in order and keeps reasoning apart", () => {
    const seen = seenAfter(
      { type: "reasoning", text: "nghĩ " },
      { type: "delta", text: "Bầu " },
      { type: "reasoning", text: "thêm" },
      { type: "delta", text: "trời" },
    );
    expect([seen.text, seen.reasoningText]).toEqual(["Bầu trời", "nghĩ thêm"]);
  });

  it.each([
    ["a delta", { type: "delta", text: "a" }],
    ["reasoning", { type: "reasoning", text: "a" }],
  ] satisfies [string, CompletionEvent][])(
    "dates the first token by %s and never again",
    (_name, event) => {
      const started: CompletionEvent = {
        type: "started",
        providerRequestId: null,
        servedModel: null,
      };
      expect(seenAfter(started).firstTokenAtMs).toBeNull();
      expect(seenAfter(started, event, { type: "delta", text: "b" }).firstTokenAtMs).toBe(102);
    },
  );

  it("takes the last usage as the provider's word", () => {
    const first = { ...noTokens, freshInput: 5 };
    const last = { ...noTokens, freshInput: 5, output: 9 };
    expect(
      seenAfter({ type: "usage", usage: first }, { type: "usage", usage: last }).usage,
    ).toEqual(last);
  });

  it("keeps a name once told when a later event tells none", () => {
    const seen = seenAfter(
      { type: "started", providerRequestId: "req_1", servedModel: null },
      { type: "started", providerRequestId: null, servedModel: "gpt-x-2026" },
    );
    expect([seen.providerRequestId, seen.servedModel]).toEqual(["req_1", "gpt-x-2026"]);
  });

  it("knows the finish reason only when the provider ended the stream", () => {
    expect(seenAfter({ type: "delta", text: "a" }).finishReason).toBeNull();
    expect(seenAfter({ type: "finished", finishReason: "length" }).finishReason).toBe("length");
  });

  it("counts rough tokens of text and reasoning together, rounded up", () => {
    expect(roughOutputTokens(seenAfter())).toBe(0);
    expect(roughOutputTokens(seenAfter({ type: "delta", text: "a" }))).toBe(1);
    const both = seenAfter(
      { type: "delta", text: "a".repeat(35) },
      { type: "reasoning", text: "b".repeat(36) },
    );
    expect(roughOutputTokens(both)).toBe(21);
  });
});

describe("progress", () => {
  it.each([
    ["not before 100 tokens and 250 ms", 99, 249, false],
    ["after 100 tokens", 100, 0, true],
    ["after 250 ms", 0, 250, true],
  ])("is due %s", (_name, tokens, passedMs, isDue) => {
    expect(makeProgressClock(1_000)(tokens, 1_000 + passedMs)).toBe(isDue);
  });

  it("is counted anew from each time it was due, and only then", () => {
    const isDue = makeProgressClock(0);
    expect([
      isDue(75, 50),
      isDue(100, 100),
      isDue(199, 349),
      isDue(200, 349),
      isDue(200, 598),
      isDue(200, 599),
    ]).toEqual([false, true, false, true, false, true]);
  });

  it("never lets 100 tokens or 250 ms pass unsaved", () => {
    const step = fc.record({ tokens: fc.nat({ max: 300 }), ms: fc.nat({ max: 700 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const isDue = makeProgressClock(0);
        let [tokens, nowMs, savedTokens, savedAtMs] = [0, 0, 0, 0];
        for (const passed of steps) {
          tokens += passed.tokens;
          nowMs += passed.ms;
          if (isDue(tokens, nowMs)) [savedTokens, savedAtMs] = [tokens, nowMs];
          expect(tokens - savedTokens < 100 && nowMs - savedAtMs < 250).toBe(true);
        }
      }),
    );
  });
});
