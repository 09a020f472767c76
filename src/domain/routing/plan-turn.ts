import {
  headroomMicroVnd,
  refusalFor,
  type SpendLimits,
} from "@/domain/entitlement/spend-limits.ts";
import { present } from "@/domain/assert.ts";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { maxBigint, minBigint } from "@/domain/money/division.ts";
import { shadowPrice } from "@/domain/pacing/shadow-price.ts";
import { defaultCandidate, eligibleCandidates } from "./eligible-candidates.ts";
import {
  fitCandidate,
  outputTokensAllowed,
  smallestHoldMicroVnd,
  type FitInput,
  type FittedCandidate,
} from "./fit-candidate.ts";
import type { RoutingPolicy } from "./policy.ts";
import type { CandidateFacts, TurnFacts } from "./turn-facts.ts";

export type ReasonCode =
  | "worth_it"
  | "cheapest_fits"
  | "picked_by_user"
  | "optimization_off"
  | "preferred"
  | "only_candidate"
  | "budget_tight";

/** One candidate as it was weighed: utility = expected quality − λ × expected cost. */
export type WeighedCandidate = {
  readonly modelId: string;
  readonly expectedQuality: number;
  readonly expectedCostMicroVnd: bigint;
  readonly utility: number;
};

/** What a turn will do: stored with it, shown to the person, replayable from its facts. */
export type TurnPlan = {
  readonly modelId: string;
  readonly provider: string;
  readonly outputTokensMax: number;
  readonly holdMicroVnd: bigint;
  readonly expectedCostMicroVnd: bigint;
  readonly reasonCode: ReasonCode;
  /** The model savings are measured against. */
  readonly referenceModelId: string;
  /** λ, quality per micro-VND; null when it played no part or nothing was left. */
  readonly shadowPrice: number | null;
  readonly candidates: readonly WeighedCandidate[];
  readonly policyVersion: string;
};

/**
 * Chooses the candidate with the highest expected quality − λ × expected cost under the hard
 * limits; ties go to the cheaper. A picked model, or the plan's default when optimization is off,
 * answers without being weighed, still capped.
 * @param facts `limits` in micro-VND, `complexity.score` in [0, 1] with 1 hardest.
 * @returns model, output cap (tokens), hold (micro-VND, rounded up, within every limit), reason.
 * @throws DomainError of the limit that binds when nothing fits (`budget_exhausted` first), or of
 * `eligibleCandidates`. Source: Lagrangian budget pacing; λ comes from domain/pacing.
 */
export function planTurn(facts: TurnFacts, policy: RoutingPolicy): TurnPlan {
  const eligible = eligibleCandidates(facts);
  const rate = present(facts.rate, "eligible candidates are priced, so a rate exists");
  const input = { facts, policy, rate };
  const reference = present(defaultCandidate(facts, eligible), "eligible candidates are not empty");
  const isPicked = facts.requestedModelId !== "auto";
  const pool = isPicked || facts.isOptimizationOn ? eligible : [reference];
  const headroom = maxBigint(0n, headroomMicroVnd(facts.limits));
  const fitted = pool
    .map((candidate) => fitCandidate(input, candidate, headroom))
    .filter((candidate) => candidate !== null);
  if (fitted.length === 0) throw refusal(input, pool);
  const lambda =
    isPicked || !facts.isOptimizationOn ? null : shadowPrice(facts.pacing, policy.pacing);
  const weighed = fitted
    .map((candidate) => ({ candidate, utility: utilityOf(candidate, lambda) }))
    .sort(byUtilityThenCost);
  const best = present(weighed[0], "fitted candidates are not empty").candidate;
  return {
    modelId: best.candidate.modelId,
    provider: best.candidate.provider,
    outputTokensMax: best.outputTokensMax,
    holdMicroVnd: best.holdMicroVnd,
    // Where money cuts the answer, its cost ends where the hold does.
    expectedCostMicroVnd: minBigint(best.expectedCostMicroVnd, best.holdMicroVnd),
    reasonCode: reasonFor({ facts, best, fitted, eligibleCount: pool.length }),
    referenceModelId: reference.modelId,
    shadowPrice: lambda === null || !Number.isFinite(lambda) ? null : lambda,
    candidates: weighed.map(({ candidate, utility }) => ({
      modelId: candidate.candidate.modelId,
      expectedQuality: candidate.expectedQuality,
      expectedCostMicroVnd: candidate.expectedCostMicroVnd,
      utility,
    })),
    policyVersion: policy.version,
  };
}

/**
 * A finite number however steep λ is, so that an empty budget still ranks free and cheap models.
 */
function utilityOf(candidate: FittedCandidate, lambda: number | null): number {
  if (lambda === null) return candidate.expectedQuality;
  const cost = Number(candidate.expectedCostMicroVnd);
  const price = Math.min(lambda, 1) * cost;
  return candidate.expectedQuality - price;
}

type Weighed = { readonly candidate: FittedCandidate; readonly utility: number };

function byUtilityThenCost(a: Weighed, b: Weighed): number {
  if (a.utility !== b.utility) return b.utility - a.utility;
  const cost = a.candidate.expectedCostMicroVnd - b.candidate.expectedCostMicroVnd;
  if (cost !== 0n) return cost < 0n ? -1 : 1;
  return a.candidate.candidate.modelId < b.candidate.candidate.modelId ? -1 : 1;
}

function reasonFor(input: {
  readonly facts: TurnFacts;
  readonly best: FittedCandidate;
  readonly fitted: readonly FittedCandidate[];
  readonly eligibleCount: number;
}): ReasonCode {
  const { facts, best, fitted, eligibleCount } = input;
  if (facts.requestedModelId !== "auto") return "picked_by_user";
  if (!facts.isOptimizationOn) return "optimization_off";
  if (eligibleCount === 1) return "only_candidate";
  if (fitted.length < eligibleCount) return "budget_tight";
  if (facts.preferredModelIds.includes(best.candidate.modelId)) return "preferred";
  const cheapest = minBigint(
    best.expectedCostMicroVnd,
    ...fitted.map((other) => other.expectedCostMicroVnd),
  );
  return best.expectedCostMicroVnd === cheapest ? "cheapest_fits" : "worth_it";
}

/**
 * Names the limit that even the cheapest useful call would break; models the plan gives too little
 * output are no use to any budget and do not count.
 */
function refusal(input: FitInput, pool: readonly CandidateFacts[]): DomainError {
  const { facts } = input;
  const useful = pool.filter((candidate) => outputTokensAllowed(input, candidate) !== null);
  const [first, ...rest] = useful.map((candidate) => smallestHoldMicroVnd(input, candidate));
  if (first === undefined) {
    return new DomainError(
      "model_not_allowed",
      "the plan's output cap is below the model's minimum",
      facts.requestedModelId === "auto" ? {} : { modelId: facts.requestedModelId },
    );
  }
  const smallest = minBigint(first, ...rest);
  const binding = refusalFor(facts.limits, smallest);
  const code = present(binding, "a call that breaks no limit is no refusal");
  const left = maxBigint(0n, facts.limits.budgetLeftMicroVnd);
  const cap = capFor(code, facts.limits);
  return new DomainError(code, `the smallest useful call holds ${smallest} micro-VND`, {
    remainingMicroVnd: left.toString(),
    ...(cap === null ? {} : { capMicroVnd: cap.toString() }),
  });
}

function capFor(code: DomainErrorCode, limits: SpendLimits): bigint | null {
  switch (code) {
    case "query_cap_exceeded":
      return limits.perQueryMicroVnd;
    case "daily_cap_reached":
      return limits.dailyLeftMicroVnd;
    case "member_cap_reached":
      return limits.memberLeftMicroVnd;
    default:
      return null;
  }
}
