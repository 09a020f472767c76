import fc from "fast-check";
import type { ExchangeRate, ModelPrice } from "@/domain/pricing/price-usage.ts";
import type { TokenUsage } from "@/domain/pricing/token-usage.ts";

/** Up to $1,000 per million tokens; zero often enough to matter. */
const picoUsd = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0n) },
  { weight: 5, arbitrary: fc.bigInt({ min: 1n, max: 1_000_000_000n }) },
);

const priceOfTier = (contextTokensMin: number): fc.Arbitrary<ModelPrice> =>
  fc.record({
    id: fc.constant(`price-${contextTokensMin}`),
    contextTokensMin: fc.constant(contextTokensMin),
    freshInputPicoUsd: picoUsd,
    cachedInputPicoUsd: picoUsd,
    cacheWrite5mPicoUsd: picoUsd,
    cacheWrite1hPicoUsd: picoUsd,
    outputPicoUsd: picoUsd,
  });

/** A base price and up to two long-context tiers, in any order, in no relation to each other. */
export const pricesArbitrary: fc.Arbitrary<readonly ModelPrice[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 400_000 }), { maxLength: 2 })
  .chain((tiers) => fc.tuple(...[0, ...tiers].map(priceOfTier)))
  .chain((prices) => fc.shuffledSubarray(prices, { minLength: prices.length }));

export const rateArbitrary: fc.Arbitrary<ExchangeRate> = fc.record({
  id: fc.constant("rate"),
  rateMilliVnd: fc.bigInt({ min: 1_000_000n, max: 1_000_000_000n }),
});

/** Any split of at most `inputTokensMax` and `outputTokensMax` tokens over the classes. */
export function usageWithin(bound: {
  readonly inputTokensMax: number;
  readonly outputTokensMax: number;
  readonly mayWriteCache: boolean;
}): fc.Arbitrary<TokenUsage> {
  const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  return fc
    .tuple(share, share, share, share, share, share)
    .map(([total, cached, written, hour, answered, thought]) => {
      const input = Math.floor(bound.inputTokensMax * total);
      const cachedInput = Math.floor(input * cached);
      const writes = bound.mayWriteCache ? Math.floor((input - cachedInput) * written) : 0;
      const cacheWrite1h = Math.floor(writes * hour);
      const output = Math.floor(bound.outputTokensMax * answered);
      return {
        freshInput: input - cachedInput - writes,
        cachedInput,
        cacheWrite5m: writes - cacheWrite1h,
        cacheWrite1h,
        output,
        reasoning: Math.floor(output * thought),
      };
    });
}
