import { describe, expect, it } from "vitest";
import {
  assertTokenUsage,
  inputTokens,
  noTokens,
  totalTokens,
} from "@/domain/pricing/token-usage.ts";

const usage = {
  freshInput: 1,
  cachedInput: 10,
  cacheWrite5m: 100,
  cacheWrite1h: 1_000,
  output: 10_000,
  reasoning: 9_000,
};

describe("token classes", () => {
  it("add up to the total, reasoning counted once", () => {
    expect([inputTokens(usage), totalTokens(usage)]).toEqual([1_111, 11_111]);
    expect(totalTokens(noTokens)).toBe(0);
  });

  it.each(["freshInput", "cachedInput", "cacheWrite5m", "cacheWrite1h", "output", "reasoning"])(
    "of %s are whole and not negative",
    (name) => {
      for (const count of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) {
        expect(() => assertTokenUsage({ ...usage, [name]: count })).toThrow(name);
      }
    },
  );

  it("hold at most as much reasoning as output", () => {
    expect(() => assertTokenUsage({ ...usage, reasoning: 10_000 })).not.toThrow();
    expect(() => assertTokenUsage({ ...usage, reasoning: 10_001 })).toThrow("reasoning");
  });
});
