import {
  headroomMicroVnd,
  refusalFor,
  type SpendLimits,
} from "@/domain/entitlement/spend-limits.ts";
import { present } from "@/domain/assert.ts";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { maxBigint, minBigint } from "@/domain/money/division.ts";
import { defaultCandidate, eligibleCandidates } from "./eligible-candidates.ts";
import { expectedTurnCostMicroVnd } from "./expected-cost.ts";
import {
  byCost,
  fitCandidate,
  outputTokensAllowed,
  smallestHoldMicroVnd,
  type FitInput,
  type FittedCandidate,
} from "./fit-candidate.ts";
import { fallbacksFor, type Fallback } from "./fallbacks.ts";
import { leftToPaceMicroVnd, paceTurn } from "./pace-turn.ts";
import type { RoutingPolicy } from "./policy.ts";
import { answersLeft, nextBetter, type StrongerModel } from "./stronger-model.ts";
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
  /** What is left of the money cut the cap: a cut answer is told so. */
  readonly isCapTight: boolean;
  readonly holdMicroVnd: bigint;
  /** Who answers when the chosen model cannot; empty for a picked model: nobody else was asked for. */
  readonly fallbacks: readonly Fallback[];
  readonly expectedCostMicroVnd: bigint;
  /** Of the chosen model, in [0, 1], without the bonus of a preferred one. */
  readonly expectedQuality: number;
  readonly reasonCode: ReasonCode;
  /** The model savings are measured against. */
  readonly referenceModelId: string;
  /** Expected cost of the reference model − of the chosen one; may be negative. */
  readonly savedExpectedMicroVnd: bigint;
  /** The next better allowed and fitting candidate: whom "ask again, stronger" asks. */
  readonly stronger: StrongerModel | null;
  /** How many more answers like this one every limit leaves; null for a free model. */
  readonly answersLeft: number | null;
  /** The same for answers of the stronger model; null without one, or a free one. */
  readonly strongerAnswersLeft: number | null;
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
  const reference = present(
    defaultCandidate(facts, eligible, policy),
    "eligible candidates are not empty",
  );
  const isWeighed = facts.requestedModelId === "auto" && facts.isOptimizationOn;
  const pool = isWeighed || facts.requestedModelId !== "auto" ? eligible : [reference];
  const headroom = maxBigint(0n, headroomMicroVnd(facts.limits));
  const fitted = fitAll(input, pool, headroom);
  if (fitted.length === 0) throw refusal(input, pool);
  const pace = isWeighed ? paceTurn(input, usefulOf(input, pool)) : null;
  const lambda = pace?.shadowPrice ?? null;
  const weighed = fitted
    .map((candidate) => ({ candidate, utility: utilityOf(candidate, lambda) }))
    .sort(byUtilityThenCost);
  const { best, isHeldBack } = chooseWithin(weighed, facts, pace?.reserveMicroVnd ?? 0n);
  // Where money cuts the answer, its cost ends where the hold does.
  const expectedCostMicroVnd = minBigint(best.expectedCostMicroVnd, best.holdMicroVnd);
  const stronger = nextBetter(best, isWeighed ? fitted : fitAll(input, allowed(facts), headroom));
  return {
    modelId: best.candidate.modelId,
    provider: best.candidate.provider,
    outputTokensMax: best.outputTokensMax,
    isCapTight: best.isCapTight,
    holdMicroVnd: best.holdMicroVnd,
    fallbacks: isWeighed
      ? fallbacksFor(
          input,
          best,
          weighed.map(({ candidate }) => candidate),
        )
      : [],
    expectedCostMicroVnd,
    expectedQuality: best.quality,
    reasonCode: isHeldBack
      ? "budget_tight"
      : reasonFor({ facts, best, fitted, eligibleCount: pool.length }),
    referenceModelId: reference.modelId,
    savedExpectedMicroVnd: expectedTurnCostMicroVnd(input, reference) - expectedCostMicroVnd,
    stronger,
    answersLeft: answersLeft(facts.limits, expectedCostMicroVnd),
    strongerAnswersLeft:
      stronger === null ? null : answersLeft(facts.limits, stronger.expectedCostMicroVnd),
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

function fitAll(
  input: FitInput,
  pool: readonly CandidateFacts[],
  headroom: bigint,
): readonly FittedCandidate[] {
  return pool
    .map((candidate) => fitCandidate(input, candidate, headroom))
    .filter((candidate) => candidate !== null);
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
  return byCost(a.candidate, b.candidate);
}

/**
 * The best of those that leave the reserve untouched, else the cheapest.
 * @param weighed not empty, best first.
 */
function chooseWithin(
  weighed: readonly Weighed[],
  facts: TurnFacts,
  reserve: bigint,
): { readonly best: FittedCandidate; readonly isHeldBack: boolean } {
  const fitted = weighed.map(({ candidate }) => candidate);
  const first = present(fitted[0], "fitted candidates are not empty");
  if (reserve === 0n) return { best: first, isHeldBack: false };
  const spare = leftToPaceMicroVnd(facts) - reserve;
  const cheapest = present([...fitted].sort(byCost)[0], "fitted candidates are not empty");
  const best =
    fitted.find(
      (candidate) =>
        candidate.expectedCostMicroVnd <= cheapest.expectedCostMicroVnd ||
        candidate.expectedCostMicroVnd <= spare,
    ) ?? cheapest;
  return { best, isHeldBack: best !== first };
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

/** Models the plan gives too little output are no use to any budget. */
function usefulOf(input: FitInput, pool: readonly CandidateFacts[]): readonly CandidateFacts[] {
  return pool.filter((candidate) => outputTokensAllowed(input, candidate) !== null);
}

/** Whoever could answer had the person not picked: where a stronger model is looked for. */
function allowed(facts: TurnFacts): readonly CandidateFacts[] {
  return eligibleCandidates({ ...facts, requestedModelId: "auto" });
}

/**
 * Names the limit that even the cheapest useful call would break.
 */
function refusal(input: FitInput, pool: readonly CandidateFacts[]): DomainError {
  const { facts } = input;
  const [first, ...rest] = usefulOf(input, pool).map((candidate) =>
    smallestHoldMicroVnd(input, candidate),
  );
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
