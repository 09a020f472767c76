import { inputTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";

/** No tokenizer in use counts a text eight times as another does; the rest is framing and tools. */
const FACTOR = 8;
const INPUT_SLACK_TOKENS = 8_192;

/** Providers overshoot a cap by a few tokens, never by a multiple of it. */
const OUTPUT_FACTOR = 4;
const OUTPUT_SLACK_TOKENS = 4_096;

/** Below so many tokens seen, a count of nearly nothing may be true. */
const SEEN_TOKENS_MIN = 64;

/**
 * Whether a reported usage can be true for what was sent, asked for and seen (all in tokens, >= 0).
 * What cannot be is not booked: an estimate takes its place, the row is marked and ops are told.
 * Generous on purpose: what a provider bills beyond its cap within these bounds is owed, and booked.
 */
export function isPlausibleUsage(
  usage: TokenUsage,
  call: {
    readonly inputTokensEstimated: number;
    readonly outputTokensSeen: number;
    readonly outputTokensMax: number;
  },
): boolean {
  const inputMax = call.inputTokensEstimated * FACTOR + INPUT_SLACK_TOKENS;
  const outputMax = call.outputTokensMax * OUTPUT_FACTOR + OUTPUT_SLACK_TOKENS;
  if (inputTokens(usage) > inputMax || usage.output > outputMax) return false;
  return call.outputTokensSeen < SEEN_TOKENS_MIN || usage.output * FACTOR >= call.outputTokensSeen;
}
