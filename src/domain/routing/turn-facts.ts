import type { ComplexityScore } from "@/domain/complexity/score-query.ts";
import type { SpendLimits } from "@/domain/entitlement/spend-limits.ts";
import type { ExchangeRate, ModelPrice } from "@/domain/pricing/price-usage.ts";

export type ModelTier = "economy" | "standard" | "premium";

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
  readonly qualityCurve: { readonly easy: number; readonly hard: number };
  readonly isFree: boolean;
  readonly isEnabled: boolean;
  readonly isProviderConfigured: boolean;
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
  readonly rate: ExchangeRate | null;
  readonly candidates: readonly CandidateFacts[];
};
