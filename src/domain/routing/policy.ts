import type { ComplexityScore } from "@/domain/complexity/score-query.ts";
import type { PacingParameters } from "@/domain/pacing/shadow-price.ts";

/**
 * One version of the engine's parameters, stored in `routing_policies` and named in every decision.
 */
export type RoutingPolicy = {
  readonly version: string;
  readonly pacing: PacingParameters;
  /** Where difficulty turns medium and complex. */
  readonly cutPoints: { readonly medium: number; readonly complex: number };
  /** Output tokens expected by label. */
  readonly outputTokensExpected: Readonly<Record<ComplexityScore["label"], number>>;
  /** 95th percentile of output tokens by category; the cap is about four times this. */
  readonly outputTokensP95: Readonly<Record<ComplexityScore["category"], number>>;
  /** Added to the expected quality of a model the person prefers. */
  readonly preferredBonus: number;
  /** History sent along, newest first, in estimated tokens. */
  readonly historyTokensMax: number;
  /** From which confidence an image wish is answered as one. */
  readonly imageWishConfidence: number;
};
