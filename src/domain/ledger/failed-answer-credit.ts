/** A failed answer is given back at most so often per person and Vietnamese day. */
export const CREDITS_DAILY_MAX = 3;

/** All credits of a period together are at most its limit divided by this (1 %). */
const LIMIT_PER_CREDITS = 100n;

/**
 * Whether an answer failed through the provider's or our fault: an error or a time-out before any
 * content, or an empty answer that the person provoked neither by Stop nor by a `max_tokens` of
 * their own (`product.md` 5).
 */
export function isFailedAnswer(answer: {
  readonly hasText: boolean;
  /** null: ended as the provider meant it; "aborted": the reader left or pressed Stop. */
  readonly failure: string | null;
  readonly finishReason: string | null;
  readonly isCapOfCaller: boolean;
}): boolean {
  if (answer.hasText || answer.failure === "aborted") return false;
  return !(answer.finishReason === "length" && answer.isCapOfCaller);
}

/**
 * What a failed answer is credited with, micro-VND: all that it cost, or nothing once the person's
 * credits of the day or the period's one per cent are used up.
 * @param input.creditedMicroVnd credits of the period so far, >= 0.
 */
export function creditMicroVnd(input: {
  readonly costMicroVnd: bigint;
  readonly creditsToday: number;
  readonly creditedMicroVnd: bigint;
  readonly limitMicroVnd: bigint;
}): bigint {
  const { costMicroVnd, creditsToday, creditedMicroVnd, limitMicroVnd } = input;
  if (costMicroVnd <= 0n || creditsToday >= CREDITS_DAILY_MAX) return 0n;
  const isWithin = (creditedMicroVnd + costMicroVnd) * LIMIT_PER_CREDITS <= limitMicroVnd;
  return isWithin ? costMicroVnd : 0n;
}
