import { assert } from "@/domain/assert.ts";

/**
 * Tokens of one provider call in disjoint classes: the five parts add up to the total. `reasoning`
 * is the share of `output` the model spent thinking; it is inside `output` and never priced again.
 * Whole numbers >= 0.
 */
export type TokenUsage = {
  readonly freshInput: number;
  readonly cachedInput: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
};

export const noTokens: TokenUsage = {
  freshInput: 0,
  cachedInput: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

/**
 * All tokens the provider counted for a call: input classes plus output (which holds the
 * reasoning).
 */
export function totalTokens(usage: TokenUsage): number {
  return inputTokens(usage) + usage.output;
}

/** Tokens of the request side: fresh, cached and both kinds of cache write. */
export function inputTokens(usage: TokenUsage): number {
  return usage.freshInput + usage.cachedInput + usage.cacheWrite5m + usage.cacheWrite1h;
}

/**
 * Holds for a usage that may be priced: whole, not negative, reasoning within output. @throws Error
 * otherwise.
 */
export function assertTokenUsage(usage: TokenUsage): void {
  for (const [name, count] of Object.entries(usage)) {
    assert(Number.isSafeInteger(count) && count >= 0, `${name} tokens are a whole number >= 0`);
  }
  assert(usage.reasoning <= usage.output, "reasoning tokens are part of the output tokens");
}
