import type { ScorerModel } from "@/domain/complexity/scorer-model.ts";
import { scoreQuery } from "@/domain/complexity/score-query.ts";
import { demandFacts } from "@/domain/demand/demand-profile.ts";
import { outputFactorOf } from "@/domain/demand/output-profile.ts";
import type { SpendLimits } from "@/domain/entitlement/spend-limits.ts";
import { isFlagOn } from "@/domain/flags/evaluate-flag.ts";
import { minBigint } from "@/domain/money/division.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { candidatesAt, rateAt } from "@/features/models/hold-catalogue.ts";
import type { Catalogue } from "@/features/models/schema.ts";
import type { Profiles } from "@/features/routing/profile-documents.ts";
import type { SendMessageInput } from "./schema.ts";
import type { FactsDocument } from "./store/turn-facts.ts";
import { warmCacheOf } from "./warm-cache.ts";

export type Plan = Catalogue["plans"][number];

export type FactsInput = {
  readonly userId: string;
  readonly now: Date;
  readonly request: Pick<SendMessageInput, "model" | "max_tokens">;
  /** A provider id that restricts the candidates, or "auto". */
  readonly provider: string;
  readonly document: FactsDocument;
  readonly period: NonNullable<FactsDocument["period"]>;
  readonly plan: Plan;
  readonly catalogue: Catalogue;
  readonly policy: RoutingPolicy;
  readonly scorer: ScorerModel;
  readonly profiles: Profiles;
  readonly question: string;
  readonly inputTokensEstimated: number;
  /** False when the context leaves the oldest messages out. */
  readonly isHistoryWhole: boolean;
  readonly configuredProviders: ReadonlySet<string>;
  readonly freeCeilingMicroVnd: bigint | null;
};

/**
 * Turns what was read into the plain facts of the decision: numbers and ids, money as bigint
 * micro-VND.
 */
export function buildFacts(input: FactsInput): TurnFacts {
  const { document, period, plan, catalogue, now, request, profiles, policy } = input;
  const settings = document.settings;
  const isOptimizationFlagOn = isFlagOn(
    catalogue.flags.find((flag) => flag.key === "cost_optimization"),
    input.userId,
    true,
  );
  const limitMicroVnd = BigInt(period.limit);
  const usedMicroVnd = BigInt(period.used);
  const reservedMicroVnd = BigInt(period.reserved);
  const complexity = scoreQuery(
    {
      text: input.question,
      contextTurns: document.turnsInConversation,
      previous: document.previous,
    },
    { model: input.scorer, cutPoints: policy.cutPoints },
  );
  return {
    complexity,
    inputTokensEstimated: input.inputTokensEstimated,
    callerOutputTokensMax: request.max_tokens ?? null,
    requestedModelId: request.model,
    requestedProvider: input.provider === "auto" ? null : input.provider,
    isOptimizationOn: isOptimizationFlagOn && (settings?.isOptimizationOn ?? true),
    plan: {
      id: plan.id,
      tiers: plan.modelTiers,
      defaultTier: plan.defaultModelTier,
      outputTokensMax: plan.outputTokensMax,
    },
    preferredModelIds: settings?.preferredModels ?? [],
    blockedModelIds: settings?.blockedModels ?? [],
    limits: spendLimits(input, limitMicroVnd - usedMicroVnd - reservedMicroVnd),
    pacing: {
      startsAtMs: new Date(period.startsAt).getTime(),
      endsAtMs: new Date(period.endsAt).getTime(),
      nowMs: now.getTime(),
      limitMicroVnd,
      usedMicroVnd,
      reservedMicroVnd,
      isSoftLandingOn: settings?.isSoftLandingOn ?? true,
    },
    demand: demandFacts(profiles.demand, {
      nowMs: now.getTime(),
      endsAtMs: new Date(period.endsAt).getTime(),
      questionsToday: document.spentToday.messages,
    }),
    outputFactor: outputFactorOf(profiles.output, policy.version, complexity.category),
    warmCache: warmCacheOf(document.previous, { now, isHistoryWhole: input.isHistoryWhole }),
    rate: rateAt(catalogue, now),
    candidates: candidatesAt(catalogue, now, input.configuredProviders),
  };
}

/**
 * The member's own limit: the owner's cap and the person's own monthly wish, whichever is lower;
 * null = neither.
 */
export function memberLimitMicroVnd(document: FactsDocument): bigint | null {
  const set = [document.member?.cap, document.settings?.monthlyBudget]
    .filter((amount) => amount !== null && amount !== undefined)
    .map((amount) => BigInt(amount));
  const [first, ...rest] = set;
  return first === undefined ? null : minBigint(first, ...rest);
}

function spendLimits(input: FactsInput, budgetLeftMicroVnd: bigint): SpendLimits {
  const { document, freeCeilingMicroVnd } = input;
  const memberLimit = memberLimitMicroVnd(document);
  const dailyCap = document.settings?.dailyCap ?? null;
  const perQuery = document.settings?.maxCostPerQuery ?? null;
  return {
    budgetLeftMicroVnd,
    memberLeftMicroVnd:
      memberLimit === null ? null : memberLimit - BigInt(document.member?.spent ?? "0"),
    dailyLeftMicroVnd:
      dailyCap === null ? null : BigInt(dailyCap) - BigInt(document.spentToday.member),
    freeCeilingLeftMicroVnd:
      freeCeilingMicroVnd === null
        ? null
        : freeCeilingMicroVnd - BigInt(document.spentToday.freePlan),
    perQueryMicroVnd: perQuery === null ? null : BigInt(perQuery),
  };
}
