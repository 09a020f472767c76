import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expectedCostMicroVnd,
  outputTokensThatFit,
  priceForInput,
  priceUsage,
  worstCaseMicroVnd,
  type ModelPrice,
} from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { pricesArbitrary, rateArbitrary, usageWithin } from "./price-arbitraries.ts";

fc.configureGlobal({ seed: 2_026 });

const price = (parts: Partial<ModelPrice> = {}): ModelPrice => ({
  id: "base",
  contextTokensMin: 0,
  freshInputPicoUsd: 2_000_000n,
  cachedInputPicoUsd: 200_000n,
  cacheWrite5mPicoUsd: 2_500_000n,
  cacheWrite1hPicoUsd: 4_000_000n,
  outputPicoUsd: 10_000_000n,
  ...parts,
});
const long = price({
  id: "long",
  contextTokensMin: 200_000,
  freshInputPicoUsd: 4_000_000n,
  outputPicoUsd: 15_000_000n,
});
/** At this rate 1,000 pico-USD are one micro-VND. */
const rate = { id: "rate", rateMilliVnd: 1_000_000n };

const bounds = fc.record({
  inputTokensMax: fc.nat({ max: 500_000 }),
  outputTokensMax: fc.nat({ max: 200_000 }),
  mayWriteCache: fc.boolean(),
});

describe("the price of a usage", () => {
  it.each([
    ["fresh input", { freshInput: 3 }, 6_000_000n],
    ["cached input", { cachedInput: 3 }, 600_000n],
    ["5-minute cache writes", { cacheWrite5m: 3 }, 7_500_000n],
    ["1-hour cache writes", { cacheWrite1h: 3 }, 12_000_000n],
    ["output", { output: 3 }, 30_000_000n],
    ["output with reasoning, which is inside it", { output: 3, reasoning: 3 }, 30_000_000n],
    ["nothing", {}, 0n],
  ])("counts %s at its own price", (_name, parts, costPicoUsd) => {
    expect(priceUsage({ ...noTokens, ...parts }, [price()], rate)).toEqual({
      priceId: "base",
      rateId: "rate",
      costPicoUsd,
      costMicroVnd: costPicoUsd / 1_000n,
    });
  });

  it("adds the classes up before it rounds, once", () => {
    const third = price({
      freshInputPicoUsd: 333n,
      cachedInputPicoUsd: 333n,
      outputPicoUsd: 333n,
    });
    const usage = { ...noTokens, freshInput: 1, cachedInput: 1, output: 1 };
    expect(priceUsage(usage, [third], rate).costMicroVnd).toBe(1n);
  });

  it.each([
    ["base", { freshInput: 199_999, output: 999_999 }],
    ["long", { freshInput: 200_000 }],
    ["long", { freshInput: 1, cachedInput: 199_999 }],
    ["long", { cachedInput: 1, cacheWrite5m: 199_998, cacheWrite1h: 1 }],
  ])("is the %s tier's for %j: all input counts, output does not", (priceId, parts) => {
    for (const prices of [
      [price(), long],
      [long, price()],
    ]) {
      expect(priceUsage({ ...noTokens, ...parts }, prices, rate).priceId).toBe(priceId);
    }
  });

  it("moves the whole request into the tier, not only what is above it", () => {
    const cost = priceUsage({ ...noTokens, freshInput: 200_000, output: 1 }, [price(), long], rate);
    expect(cost.costPicoUsd).toBe(200_000n * 4_000_000n + 15_000_000n);
  });

  it.each([
    ["a negative count", { freshInput: -1 }],
    ["half a token", { output: 0.5 }],
    ["no number", { cachedInput: Number.NaN }],
    ["an endless count", { output: Infinity }],
    ["a count beyond exact numbers", { output: 2 ** 53 }],
    ["reasoning beyond the output", { output: 1, reasoning: 2 }],
  ])("is refused for %s", (_name, parts) => {
    expect(() => priceUsage({ ...noTokens, ...parts }, [price()], rate)).toThrow("assertion");
  });

  it("does not exist for a model without a price, or below its lowest tier", () => {
    expect(priceForInput([], 1)).toBeNull();
    expect(priceForInput([long], 199_999)).toBeNull();
    expect(() => priceUsage(noTokens, [], rate)).toThrow("without a price");
    expect(() => expectedCostMicroVnd({ input: 1, output: 1 }, [], rate)).toThrow(
      "without a price",
    );
  });
});

describe("the worst case of a call", () => {
  it.each([
    ["fresh input and the full output", 1_000, false, 1_000n * 2_000n + 100n * 10_000n],
    ["every input token written to the cache", 1_000, true, 1_000n * 4_000n + 100n * 10_000n],
    ["the dearer tier it can reach", 200_000, false, 200_000n * 4_000n + 100n * 15_000n],
  ])("is %s", (_name, inputTokensMax, mayWriteCache, microVnd) => {
    const bound = { inputTokensMax, outputTokensMax: 100, mayWriteCache };
    expect(worstCaseMicroVnd(bound, [price(), long], rate)).toBe(microVnd);
  });

  it("stays that of the dearer small tier when a long one is cheaper", () => {
    const cheap = price({ id: "cheap", contextTokensMin: 10, outputPicoUsd: 1n });
    const bound = { inputTokensMax: 20, outputTokensMax: 100, mayWriteCache: false };
    expect(worstCaseMicroVnd(bound, [price(), cheap], rate)).toBe(20n * 2_000n + 100n * 10_000n);
  });

  it("counts cached input that costs more than fresh", () => {
    const odd = price({ cachedInputPicoUsd: 3_000_000n });
    const bound = { inputTokensMax: 10, outputTokensMax: 0, mayWriteCache: false };
    expect(worstCaseMicroVnd(bound, [odd], rate)).toBe(30_000n);
  });

  it("is never below the price of any usage within the bound", () => {
    const cases = bounds.chain((bound) =>
      fc.tuple(fc.constant(bound), usageWithin(bound), pricesArbitrary, rateArbitrary),
    );
    fc.assert(
      fc.property(cases, ([bound, usage, prices, anyRate]) => {
        const worst = worstCaseMicroVnd(bound, prices, anyRate);
        return worst >= priceUsage(usage, prices, anyRate).costMicroVnd;
      }),
      { numRuns: 1_000 },
    );
  });

  it("is never below the expected cost within the bound", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(bounds, pricesArbitrary, rateArbitrary, share, (bound, prices, anyRate, part) => {
        const tokens = {
          input: Math.floor(bound.inputTokensMax * part),
          output: Math.floor(bound.outputTokensMax * part),
        };
        const expected = expectedCostMicroVnd(tokens, prices, anyRate);
        return worstCaseMicroVnd(bound, prices, anyRate) >= expected;
      }),
    );
  });
});

describe("the output tokens that fit a budget", () => {
  it.each([
    ["none for a budget below the input", 1_999n, null],
    ["zero for a budget of just the input", 2_000n, 0],
    ["zero a unit below the first output token", 11_999n, 0],
    ["one at exactly its cost", 12_000n, 1],
    ["none for an overdraft", -1n, null],
  ])("are %s", (_name, budgetMicroVnd, tokens) => {
    const bound = { inputTokensMax: 1, mayWriteCache: false, budgetMicroVnd };
    expect(outputTokensThatFit(bound, [price()], rate)).toBe(tokens);
  });

  it("are endless where output costs nothing and the input fits", () => {
    const free = price({ freshInputPicoUsd: 0n, cachedInputPicoUsd: 0n, outputPicoUsd: 0n });
    const bound = { inputTokensMax: 9, mayWriteCache: false };
    expect(outputTokensThatFit({ ...bound, budgetMicroVnd: 0n }, [free], rate)).toBe(Infinity);
    expect(outputTokensThatFit({ ...bound, budgetMicroVnd: -1n }, [free], rate)).toBeNull();
  });

  it("invert the worst case exactly: n fit, n + 1 do not, null means not even the input", () => {
    const budget = fc.bigInt({ min: 0n, max: 10n ** 13n });
    fc.assert(
      fc.property(
        bounds,
        budget,
        pricesArbitrary,
        rateArbitrary,
        (bound, budgetMicroVnd, prices, anyRate) => {
          const fits = outputTokensThatFit({ ...bound, budgetMicroVnd }, prices, anyRate);
          const worst = (outputTokensMax: number) =>
            worstCaseMicroVnd({ ...bound, outputTokensMax }, prices, anyRate);
          if (fits === null) return worst(0) > budgetMicroVnd;
          if (fits === Infinity) return worst(1_000_000) <= budgetMicroVnd;
          if (fits === 2_000_000_000) return worst(fits) <= budgetMicroVnd;
          return worst(fits) <= budgetMicroVnd && worst(fits + 1) > budgetMicroVnd;
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
