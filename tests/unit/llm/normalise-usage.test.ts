import { describe, expect, it } from "vitest";
import { anthropicUsage, openAiUsage } from "@/server/llm/normalise-usage.ts";

const noDetails = { cachedInput: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 };
const details = (cached: unknown, reasoning: unknown) => ({
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: reasoning },
});
const openAi = (prompt: unknown, completion: unknown, total: unknown, rest: object = {}) => ({
  ...{ prompt_tokens: prompt, completion_tokens: completion, total_tokens: total },
  ...rest,
});

describe("openAiUsage", () => {
  it.each([
    ["parts only", openAi(9, 4, 13), { freshInput: 9, output: 4 }],
    ["no total", openAi(9, 4, undefined), { freshInput: 9, output: 4 }],
    ["nothing at all", openAi(0, 0, 0), { freshInput: 0, output: 0 }],
    [
      "cached inside the prompt",
      openAi(100, 4, 104, details(60, 0)),
      { freshInput: 40, cachedInput: 60, output: 4 },
    ],
    [
      "wholly cached",
      openAi(100, 4, 104, details(100, null)),
      { freshInput: 0, cachedInput: 100, output: 4 },
    ],
    [
      "reasoning inside the completion",
      openAi(9, 50, 59, details(0, 40)),
      { freshInput: 9, output: 50, reasoning: 40 },
    ],
    ["null details", openAi(9, 4, 13, details(null, null)), { freshInput: 9, output: 4 }],
    [
      "written to the cache",
      openAi(100, 4, 104, { prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } }),
      { freshInput: 10, cachedInput: 60, cacheWrite5m: 30, output: 4 },
    ],
    [
      "DeepSeek's cache hits",
      openAi(100, 4, 104, { prompt_cache_hit_tokens: 64 }),
      { freshInput: 36, cachedInput: 64, output: 4 },
    ],
    [
      "reasoning beside the completion",
      openAi(9, 4, 53, details(0, 40)),
      { freshInput: 9, output: 44, reasoning: 40 },
    ],
    ["10^9", openAi(1_000_000_000, 0, 1_000_000_000), { freshInput: 1_000_000_000, output: 0 }],
  ])("trusts %s", (_name, raw, expected) => {
    expect(openAiUsage(raw, "openai")).toEqual({ ...noDetails, ...expected });
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a string", "13"],
    ["a list", [9, 4]],
    ["no fields", {}],
    ["a negative prompt", openAi(-1, 4, 3)],
    ["a negative completion", openAi(9, -4, 5)],
    ["a negative total", openAi(9, 4, -13)],
    ["10^12", openAi(1e12, 4, 1e12 + 4)],
    ["10^9 + 1", openAi(1_000_000_001, 0, 1_000_000_001)],
    ["a fraction", openAi(9.5, 4, 13.5)],
    ["NaN", openAi(Number.NaN, 4, 13)],
    ["Infinity", openAi(9, Number.POSITIVE_INFINITY, 13)],
    ["a string prompt", openAi("9", 4, 13)],
    ["a string completion", openAi(9, "4", 13)],
    ["a string total", openAi(9, 4, "13")],
    ["null prompt", openAi(null, 4, 4)],
    ["null completion", openAi(9, null, 9)],
    ["null total", openAi(9, 4, null)],
    ["missing prompt", { completion_tokens: 4, total_tokens: 4 }],
    ["missing completion", { prompt_tokens: 9, total_tokens: 9 }],
    ["a boolean", openAi(true, 4, 5)],
    ["a bigint", openAi(9n, 4, 13)],
    ["a nested object", openAi({ value: 9 }, 4, 13)],
    ["total below the parts", openAi(9, 4, 12)],
    ["total beyond the parts without a reason", openAi(9, 4, 99)],
    ["total beyond the parts by another number", openAi(9, 4, 99, details(0, 40))],
    ["cached beyond the prompt", openAi(9, 4, 13, details(10, 0))],
    [
      "cached and written beyond the prompt",
      openAi(9, 4, 13, { prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 5 } }),
    ],
    ["negative cached", openAi(9, 4, 13, details(-1, 0))],
    ["cached as text", openAi(9, 4, 13, details("3", 0))],
    ["reasoning beyond the completion", openAi(9, 4, 13, details(0, 5))],
    ["negative reasoning", openAi(9, 4, 13, details(0, -1))],
    ["fractional reasoning", openAi(9, 4, 13, details(0, 0.5))],
  ])("does not trust %s", (_name, raw) => {
    expect(openAiUsage(raw, "openai")).toBeNull();
  });
});

describe("openAiUsage by Gemini's rule", () => {
  it.each([
    ["no thinking", openAi(9, 4, 13), { freshInput: 9, output: 4 }],
    ["thinking in the total only", openAi(9, 1, 103), { freshInput: 9, output: 94, reasoning: 93 }],
    [
      "only thinking so far",
      { prompt_tokens: 9, total_tokens: 69 },
      { freshInput: 9, output: 60, reasoning: 60 },
    ],
    [
      "thinking named apart",
      openAi(9, 1, 103, details(0, 93)),
      { freshInput: 9, output: 94, reasoning: 93 },
    ],
    [
      "thinking inside the completion",
      openAi(9, 94, 103, details(0, 93)),
      { freshInput: 9, output: 94, reasoning: 93 },
    ],
    [
      "cached",
      openAi(100, 1, 150, details(64, null)),
      { freshInput: 36, cachedInput: 64, output: 50, reasoning: 49 },
    ],
  ])("trusts %s", (_name, raw, expected) => {
    expect(openAiUsage(raw, "gemini")).toEqual({ ...noDetails, ...expected });
  });

  it.each([
    ["total below the parts", openAi(9, 4, 12)],
    ["a string total", openAi(9, 4, "103")],
    ["missing prompt", { completion_tokens: 4, total_tokens: 4 }],
    ["10^12", openAi(9, 4, 1e12)],
    ["named thinking beyond the output", openAi(9, 4, 20, details(0, 12))],
  ])("does not trust %s", (_name, raw) => {
    expect(openAiUsage(raw, "gemini")).toBeNull();
  });
});

describe("anthropicUsage", () => {
  const start = { input_tokens: 9, output_tokens: 1 };
  const writes = (total: unknown, short: unknown, long: unknown) => ({
    cache_creation_input_tokens: total,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  });

  it.each([
    ["the start alone", start, null, { freshInput: 9, output: 1 }],
    ["cumulative deltas", start, { output_tokens: 40 }, { freshInput: 9, output: 40 }],
    [
      "nulls in the delta",
      start,
      { input_tokens: null, output_tokens: 40 },
      { freshInput: 9, output: 40 },
    ],
    [
      "a delta that corrects the input",
      start,
      { input_tokens: 12, output_tokens: 40 },
      { freshInput: 12, output: 40 },
    ],
    [
      "cache reads outside",
      { ...start, cache_read_input_tokens: 70 },
      null,
      { freshInput: 9, cachedInput: 70, output: 1 },
    ],
    [
      "split writes",
      { ...start, ...writes(30, 10, 20) },
      null,
      { freshInput: 9, cacheWrite5m: 10, cacheWrite1h: 20, output: 1 },
    ],
    [
      "writes without a split",
      { ...start, cache_creation_input_tokens: 30 },
      null,
      { freshInput: 9, cacheWrite5m: 30, output: 1 },
    ],
    [
      "a split without a sum",
      { ...start, ...writes(null, 10, 20) },
      null,
      { freshInput: 9, cacheWrite5m: 10, cacheWrite1h: 20, output: 1 },
    ],
    [
      "writes that grew",
      { ...start, ...writes(30, 10, 20) },
      writes(35, null, null),
      { freshInput: 9, cacheWrite5m: 35, output: 1 },
    ],
    [
      "thinking",
      start,
      { output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } },
      { freshInput: 9, output: 40, reasoning: 30 },
    ],
  ])("trusts %s", (_name, first, delta, expected) => {
    expect(anthropicUsage(first, delta)).toEqual({ ...noDetails, ...expected });
  });

  it.each([
    ["nothing", null, null],
    ["only the delta's output", null, { output_tokens: 4 }],
    ["negative input", { input_tokens: -1, output_tokens: 1 }, null],
    ["an absurd delta", start, { output_tokens: -3 }],
    ["a delta as text", start, { output_tokens: "40" }],
    ["10^12", start, { output_tokens: 1e12 }],
    ["negative cache reads", { ...start, cache_read_input_tokens: -1 }, null],
    ["a fraction written", { ...start, ...writes(1.5, 0, 0) }, null],
    ["a split beyond its sum", { ...start, ...writes(10, 10, 20) }, null],
    [
      "thinking beyond the output",
      start,
      { output_tokens: 4, output_tokens_details: { thinking_tokens: 30 } },
    ],
  ])("does not trust %s", (_name, first, delta) => {
    expect(anthropicUsage(first, delta)).toBeNull();
  });
});
