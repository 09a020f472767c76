import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateUsage } from "@/domain/ledger/estimate-usage.ts";
import { assertTokenUsage, inputTokens, noTokens } from "@/domain/pricing/token-usage.ts";

fc.configureGlobal({ seed: 2_026 });

const reported = { ...noTokens, freshInput: 40, cachedInput: 60, output: 10, reasoning: 4 };

describe("usage nobody reported", () => {
  it("is the estimated input as fresh and the output seen", () => {
    expect(
      estimateUsage({
        provider: "openai",
        outputTokensMax: 4_096,
        inputTokensEstimated: 90,
        outputTokensSeen: 25,
        lastReported: null,
      }),
    ).toEqual({ ...noTokens, freshInput: 90, output: 25 });
  });

  it("carries the stated bias of a provider whose tokenizer is not the estimator", () => {
    const seen = {
      inputTokensEstimated: 90,
      outputTokensSeen: 25,
      outputTokensMax: 4_096,
      lastReported: null,
    };
    expect(estimateUsage({ provider: "anthropic", ...seen })).toEqual({
      ...noTokens,
      freshInput: 108,
      output: 30,
    });
    expect(estimateUsage({ provider: "anthropic", ...seen, outputTokensMax: 26 }).output).toBe(26);
    expect(estimateUsage({ provider: "anthropic", ...seen, outputTokensMax: 20 }).output).toBe(25);
  });

  it("keeps the parts the provider had named, with the longer output", () => {
    const estimate = (outputTokensSeen: number) =>
      estimateUsage({
        provider: "openai",
        outputTokensMax: 4_096,
        inputTokensEstimated: 90,
        outputTokensSeen,
        lastReported: reported,
      });
    expect(estimate(25)).toEqual({ ...reported, output: 25 });
    expect(estimate(3)).toEqual(reported);
  });

  it("can always be priced and never falls below what was seen", () => {
    const count = fc.nat({ max: 1_000_000 });
    const usage = fc
      .tuple(count, count, count, count, count, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([freshInput, cachedInput, cacheWrite5m, cacheWrite1h, output, share]) => ({
        ...{ freshInput, cachedInput, cacheWrite5m, cacheWrite1h, output },
        reasoning: Math.floor(output * share),
      }));
    fc.assert(
      fc.property(count, count, fc.option(usage), (estimated, seen, lastReported) => {
        const result = estimateUsage({
          provider: "openai",
          outputTokensMax: 2_000_000,
          inputTokensEstimated: estimated,
          outputTokensSeen: seen,
          lastReported,
        });
        assertTokenUsage(result);
        expect(result.output).toBeGreaterThanOrEqual(Math.max(seen, lastReported?.output ?? 0));
        const input = lastReported === null ? estimated : inputTokens(lastReported);
        expect(inputTokens(result)).toBe(input);
      }),
    );
  });
});
