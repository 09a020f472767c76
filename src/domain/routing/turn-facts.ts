import type { ComplexityScore, QueryCategory } from "@/domain/complexity/score-query.ts";
import type { SpendLimits } from "@/domain/entitlement/spend-limits.ts";
import type { ExchangeRate, ModelPrice } from "@/domain/pricing/price-usage.ts";

export type ModelTier = "economy" | "standard" | "premium";

/**
 * How good a model's answers are by difficulty, in [0, 1]: a straight line from the easiest to the
 * hardest question, or a named curve of the policy, shifted by what ops know better (−0.3 … 0.3).
 */
export type QualityCurve =
  | { readonly easy: number; readonly hard: number }
  | { readonly curve: string; readonly offset: number };

/**
 * A catalogue model as the decision sees it. `prices`: all tiers valid at the decision's instant;
 * empty = unpriced.
 */
export type CandidateFacts = {
  readonly modelId: string;
  readonly provider: string;
  readonly tier: ModelTier;
  readonly contextTokensMax: number;
  readonly outputTokensMax: number;
  readonly outputTokensMin: number;
  readonly qualityCurve: QualityCurve;
  readonly isFree: boolean;
  readonly isEnabled: boolean;
  readonly isProviderConfigured: boolean;
  /** False while the provider is known to fail; facts of before provider health: true. */
  readonly isHealthy: boolean;
  readonly prices: readonly ModelPrice[];
};

/**
 * The budget period as pacing sees it; milliseconds since 1970 so that stored facts compare
 * exactly.
 */
export type PacingFacts = {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly nowMs: number;
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
  readonly isSoftLandingOn: boolean;
};

/** One question of the recent past, as far as pacing needs it. */
export type RecentQuestion = {
  /** Difficulty in [0, 1]. */
  readonly score: number;
  readonly category: QueryCategory;
  readonly inputTokens: number;
};

/**
 * What the organisation's own past says about the demand of the rest of the period. Seen questions
 * and weeks carry the same recency weights (half-life one week), so that their ratio is the rate
 * now.
 */
export type DemandFacts = {
  /** >= 0; 0 questions in 0 weeks: nothing is known. */
  readonly questionsSeen: number;
  readonly weeksSeen: number;
  /** Weeks of ordinary demand until the period ends, by the organisation's own rhythm, >= 0. */
  readonly weeksLeft: number;
  /** Newest first, at most 32. */
  readonly recent: readonly RecentQuestion[];
};

/** The model whose prompt cache still holds the beginning of this prompt. */
export type WarmCache = {
  readonly modelId: string;
  /** How many tokens of the prompt it holds, >= 0. */
  readonly inputTokens: number;
};

/**
 * Everything one decision rests on: numbers and ids, never the text, so that it can be stored with
 * the turn and replayed after an erasure.
 */
export type TurnFacts = {
  readonly complexity: ComplexityScore;
  readonly inputTokensEstimated: number;
  readonly callerOutputTokensMax: number | null;
  /** "auto" or the id the person picked. */
  readonly requestedModelId: string;
  /** Restricts the candidates; null = any. */
  readonly requestedProvider: string | null;
  readonly isOptimizationOn: boolean;
  readonly plan: {
    readonly id: string;
    readonly tiers: readonly ModelTier[];
    readonly defaultTier: ModelTier;
    readonly outputTokensMax: number;
  };
  readonly preferredModelIds: readonly string[];
  readonly blockedModelIds: readonly string[];
  readonly limits: SpendLimits;
  readonly pacing: PacingFacts;
  /** null = facts of before learned demand: the prior and the calendar. */
  readonly demand: DemandFacts | null;
  /**
   * The person's own answers in this category against the policy's expectation, shrunk to 1, in
   * [0.25, 4]; 1 = nothing is known.
   */
  readonly outputFactor: number;
  readonly warmCache: WarmCache | null;
  readonly rate: ExchangeRate | null;
  readonly candidates: readonly CandidateFacts[];
};
