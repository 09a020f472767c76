import { maxBigint } from "@/domain/money/division.ts";
import { picoUsdToMicroVnd } from "@/domain/money/vnd.ts";
import { assertTokenUsage, inputTokens, type TokenUsage } from "./token-usage.ts";

/**
 * One version of a model's price; all amounts in pico-USD per token. `contextTokensMin` > 0: a
 * long-context tier.
 */
export type ModelPrice = {
  readonly id: string;
  readonly contextTokensMin: number;
  readonly freshInputPicoUsd: bigint;
  readonly cachedInputPicoUsd: bigint;
  readonly cacheWrite5mPicoUsd: bigint;
  readonly cacheWrite1hPicoUsd: bigint;
  readonly outputPicoUsd: bigint;
};

/** One version of the exchange rate; milli-VND per USD. */
export type ExchangeRate = { readonly id: string; readonly rateMilliVnd: bigint };

/** What a provider call costs: `costMicroVnd` = ceil(pico-USD × rate / 10^9), rounded up once. */
export type UsageCost = {
  readonly priceId: string;
  readonly rateId: string;
  readonly costPicoUsd: bigint;
  readonly costMicroVnd: bigint;
};

/**
 * The tier that prices a whole request: the one with the highest threshold not above its input
 * tokens. Thresholds hold for all input classes together (OpenAI's and Gemini's long-context rule:
 * the whole request moves to the tier).
 * @param prices the versions of one model valid at one instant, at most one per tier.
 * @returns null when the model has no price: such a model cannot be called.
 */
export function priceForInput(
  prices: readonly ModelPrice[],
  inputTokenCount: number,
): ModelPrice | null {
  let chosen: ModelPrice | null = null;
  for (const price of prices) {
    if (price.contextTokensMin > inputTokenCount) continue;
    if (chosen === null || price.contextTokensMin > chosen.contextTokensMin) chosen = price;
  }
  return chosen;
}

/**
 * Prices actual usage: every class by its own price, reasoning inside output. The tier follows the
 * actual input, so `prices` are all tiers of the version captured when the call was planned.
 * @throws Error when no tier fits or the usage is malformed (both are bugs: unpriced models are
 * refused before).
 */
export function priceUsage(
  usage: TokenUsage,
  prices: readonly ModelPrice[],
  rate: ExchangeRate,
): UsageCost {
  assertTokenUsage(usage);
  const price = priceForInput(prices, inputTokens(usage));
  if (price === null) throw new Error("usage of a model without a price");
  const costPicoUsd =
    BigInt(usage.freshInput) * price.freshInputPicoUsd +
    BigInt(usage.cachedInput) * price.cachedInputPicoUsd +
    BigInt(usage.cacheWrite5m) * price.cacheWrite5mPicoUsd +
    BigInt(usage.cacheWrite1h) * price.cacheWrite1hPicoUsd +
    BigInt(usage.output) * price.outputPicoUsd;
  return {
    priceId: price.id,
    rateId: rate.id,
    costPicoUsd,
    costMicroVnd: picoUsdToMicroVnd(costPicoUsd, rate.rateMilliVnd),
  };
}

/**
 * The dearest a single input token can be under this price. Cached input counts too: ops may price
 * it above fresh input.
 */
function inputPicoUsdMax(price: ModelPrice, mayWriteCache: boolean): bigint {
  const read = maxBigint(price.freshInputPicoUsd, price.cachedInputPicoUsd);
  if (!mayWriteCache) return read;
  return maxBigint(read, maxBigint(price.cacheWrite5mPicoUsd, price.cacheWrite1hPicoUsd));
}

/**
 * How cache writes may be billed on a call we make: none of our calls asks for one unless the wire
 * caches by itself.
 */
export type InputBound = { readonly inputTokensMax: number; readonly mayWriteCache: boolean };

/**
 * The worst case of a call in micro-VND: all input at its dearest class, output up to the cap, in
 * the dearest tier the input can reach.
 */
export function worstCaseMicroVnd(
  bound: InputBound & { readonly outputTokensMax: number },
  prices: readonly ModelPrice[],
  rate: ExchangeRate,
): bigint {
  const perToken = worstCasePrices(bound, prices);
  const costPicoUsd =
    BigInt(bound.inputTokensMax) * perToken.inputPicoUsd +
    BigInt(bound.outputTokensMax) * perToken.outputPicoUsd;
  return picoUsdToMicroVnd(costPicoUsd, rate.rateMilliVnd);
}

/**
 * The most output tokens whose worst case fits `budgetMicroVnd`; the inverse of
 * `worstCaseMicroVnd`.
 * @returns null when not even the input fits; `Infinity` when output costs nothing.
 */
export function outputTokensThatFit(
  bound: InputBound & { readonly budgetMicroVnd: bigint },
  prices: readonly ModelPrice[],
  rate: ExchangeRate,
): number | null {
  const perToken = worstCasePrices(bound, prices);
  const budgetPicoUsd = (bound.budgetMicroVnd * 1_000_000_000n) / rate.rateMilliVnd;
  const leftPicoUsd = budgetPicoUsd - BigInt(bound.inputTokensMax) * perToken.inputPicoUsd;
  if (bound.budgetMicroVnd < 0n || leftPicoUsd < 0n) return null;
  if (perToken.outputPicoUsd === 0n) return Infinity;
  const fits = leftPicoUsd / perToken.outputPicoUsd;
  return fits > 2_000_000_000n ? 2_000_000_000 : Number(fits);
}

function worstCasePrices(bound: InputBound, prices: readonly ModelPrice[]) {
  let inputPicoUsd = 0n;
  let outputPicoUsd = 0n;
  for (const price of prices) {
    if (price.contextTokensMin > bound.inputTokensMax) continue;
    inputPicoUsd = maxBigint(inputPicoUsd, inputPicoUsdMax(price, bound.mayWriteCache));
    outputPicoUsd = maxBigint(outputPicoUsd, price.outputPicoUsd);
  }
  return { inputPicoUsd, outputPicoUsd };
}

/**
 * The expected cost of a call in micro-VND, rounded up: input at the estimate, output as learned.
 * @param tokens `cachedInput`: how much of the input the provider is expected to read from its
 * cache; more than the input counts as all of it.
 */
export function expectedCostMicroVnd(
  tokens: { readonly input: number; readonly cachedInput?: number; readonly output: number },
  prices: readonly ModelPrice[],
  rate: ExchangeRate,
): bigint {
  const price = priceForInput(prices, tokens.input);
  if (price === null) throw new Error("expected cost of a model without a price");
  const cached = Math.min(tokens.input, tokens.cachedInput ?? 0);
  const costPicoUsd =
    BigInt(tokens.input - cached) * price.freshInputPicoUsd +
    BigInt(cached) * price.cachedInputPicoUsd +
    BigInt(tokens.output) * price.outputPicoUsd;
  return picoUsdToMicroVnd(costPicoUsd, rate.rateMilliVnd);
}
