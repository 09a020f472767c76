import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlausibleUsage } from "@/domain/ledger/plausible-usage.ts";
import { noTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";

fc.configureGlobal({ seed: 2_026 });

type Call = Parameters<typeof isPlausibleUsage>[1];

/** A question of 100 tokens, at most 500 asked for, 200 seen. */
const call: Call = { inputTokensEstimated: 100, outputTokensSeen: 200, outputTokensMax: 500 };
/** By the stated bounds: 8 × 100 + 8,192 and 4 × 500 + 4,096. */
const INPUT_MAX = 8_992;
const OUTPUT_MAX = 6_096;

const honest: TokenUsage = { ...noTokens, freshInput: 104, output: 210 };

describe("a reported usage", () => {
  it.each([
    ["counted a little differently", {}, {}],
    ["twice our count", { freshInput: 208, output: 420 }, {}],
    ["half of it", { freshInput: 50, output: 100 }, {}],
    ["input at the bound", { freshInput: INPUT_MAX }, {}],
    ["input at the bound over all its classes", { freshInput: 0, cachedInput: INPUT_MAX }, {}],
    ["output at the bound, reasoning nobody saw", { output: OUTPUT_MAX, reasoning: 5_800 }, {}],
    ["an eighth of the output seen", { output: 25 }, {}],
    ["no output of a short answer", { output: 0 }, { outputTokensSeen: 63 }],
    ["nothing, of nothing", noTokens, { inputTokensEstimated: 0, outputTokensSeen: 0 }],
  ] satisfies [string, Partial<TokenUsage>, Partial<Call>][])(
    "may be true: %s",
    (_name, usage, parts) => {
      expect(isPlausibleUsage({ ...honest, ...usage }, { ...call, ...parts })).toBe(true);
    },
  );

  it.each([
    ["input over the bound", { freshInput: INPUT_MAX + 1 }, {}],
    ["cached input over the bound", { cachedInput: INPUT_MAX }, {}],
    ["cache writes over the bound", { cacheWrite5m: 4_500, cacheWrite1h: 4_500 }, {}],
    ["output over the bound", { output: OUTPUT_MAX + 1 }, {}],
    ["10^9 of either", { freshInput: 1_000_000_000, output: 1_000_000_000 }, {}],
    ["less than an eighth of the output seen", { output: 24 }, {}],
    ["no output of an answer of 64 tokens", { output: 0 }, { outputTokensSeen: 64 }],
  ] satisfies [string, Partial<TokenUsage>, Partial<Call>][])(
    "cannot be true: %s",
    (_name, usage, parts) => {
      expect(isPlausibleUsage({ ...honest, ...usage }, { ...call, ...parts })).toBe(false);
    },
  );
});

const count = fc.nat({ max: 1_000_000 });

describe("whatever is sent", () => {
  it("an honest count of up to four times ours, inside the cap, is believed", () => {
    const honestCall = fc
      .record({
        inputTokensEstimated: count,
        outputTokensSeen: count,
        hidden: fc.nat({ max: 50_000 }),
        factor: fc.double({ min: 0.25, max: 4, noNaN: true }),
      })
      .map(({ inputTokensEstimated, outputTokensSeen, hidden, factor }) => {
        const seenByThem = Math.ceil(outputTokensSeen * factor);
        const output = seenByThem + hidden;
        return {
          usage: { ...noTokens, freshInput: Math.ceil(inputTokensEstimated * factor), output },
          bounds: { inputTokensEstimated, outputTokensSeen, outputTokensMax: output },
        };
      });
    fc.assert(
      fc.property(honestCall, ({ usage, bounds }) => {
        expect(isPlausibleUsage(usage, bounds)).toBe(true);
      }),
    );
  });

  it("what is believed stays within the stated bounds", () => {
    const usage = fc.record({
      ...{ freshInput: count, cachedInput: count, cacheWrite5m: count, cacheWrite1h: count },
      ...{ output: count, reasoning: fc.constant(0) },
    });
    const bounds = fc.record({
      ...{ inputTokensEstimated: count, outputTokensSeen: count, outputTokensMax: count },
    });
    fc.assert(
      fc.property(usage, bounds, (reported, about) => {
        if (!isPlausibleUsage(reported, about)) return;
        const { freshInput, cachedInput, cacheWrite5m, cacheWrite1h, output } = reported;
        expect(freshInput + cachedInput + cacheWrite5m + cacheWrite1h).toBeLessThanOrEqual(
          about.inputTokensEstimated * 8 + 8_192,
        );
        expect(output).toBeLessThanOrEqual(about.outputTokensMax * 4 + 4_096);
        if (about.outputTokensSeen >= 64) {
          expect(output * 8).toBeGreaterThanOrEqual(about.outputTokensSeen);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
