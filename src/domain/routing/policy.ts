import type { ComplexityLabel, QueryCategory } from "@/domain/complexity/score-query.ts";
import type { PacingParameters } from "@/domain/pacing/pacing-parameters.ts";

/**
 * One version of the engine's parameters, stored in `routing_policies` and named in every decision.
 */
export type RoutingPolicy = {
  readonly version: string;
  readonly pacing: PacingParameters;
  /** Where difficulty turns medium and complex. */
  readonly cutPoints: { readonly medium: number; readonly complex: number };
  /** Output tokens expected by category and label. */
  readonly outputTokensExpected: Readonly<
    Record<QueryCategory, Readonly<Record<ComplexityLabel, number>>>
  >;
  /**
   * How long the answers of a named curve's models are beside that expectation, > 0; 1 where the
   * curve is not named. Models that think aloud or in hiding bill several times the tokens.
   */
  readonly outputFactorByCurve: Readonly<Record<string, number>>;
  /** 95th percentile of output tokens by category; the cap is about four times this. */
  readonly outputTokensP95: Readonly<Record<QueryCategory, number>>;
  /**
   * Named curves the catalogue refers to, by category: expected quality in [0, 1] at difficulty 0,
   * 0.1 … 1 (eleven points), linear in between. Empty: every model has a straight line of its own.
   */
  readonly qualityCurves: Readonly<
    Record<string, Readonly<Record<QueryCategory, readonly number[]>>>
  >;
  /** Added to the expected quality of a model the person prefers. */
  readonly preferredBonus: number;
  /** History sent along, newest first, in estimated tokens. */
  readonly historyTokensMax: number;
  /** From which confidence an image wish is answered as one. */
  readonly imageWishConfidence: number;
};
