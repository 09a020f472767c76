import {
  outputTokensThatFit,
  worstCaseMicroVnd,
  type ExchangeRate,
} from "@/domain/pricing/price-usage.ts";
import { expectedTurnCostMicroVnd } from "./expected-cost.ts";
import { expectedQuality } from "./expected-quality.ts";
import type { RoutingPolicy } from "./policy.ts";
import { inputBound } from "./provider-traits.ts";
import type { CandidateFacts, TurnFacts } from "./turn-facts.ts";

/**
 * The cap is this many times the learned 95th percentile: room for the long tail, not for a
 * runaway.
 */
const CAP_PER_P95 = 4;

/**
 * A candidate with the cap it would get, what must be held for it and what it is expected to bring
 * and cost.
 */
export type FittedCandidate = {
  readonly candidate: CandidateFacts;
  readonly outputTokensMax: number;
  /** Money, and nothing else, made the cap smaller than it would have been. */
  readonly isCapTight: boolean;
  readonly holdMicroVnd: bigint;
  readonly expectedCostMicroVnd: bigint;
  /** Of its answer, in [0, 1]. */
  readonly quality: number;
  /** The same with the bonus of a model the person prefers: what it is weighed by. */
  readonly expectedQuality: number;
};

/**
 * The fewest output tokens a candidate is worth calling with: its minimum, or the caller's own
 * smaller wish.
 */
export function outputTokensFloor(facts: TurnFacts, candidate: CandidateFacts): number {
  return Math.min(candidate.outputTokensMin, facts.callerOutputTokensMax ?? Infinity);
}

/** What candidates are fitted into: the turn, the engine's parameters, the rate it is priced with. */
export type FitInput = {
  readonly facts: TurnFacts;
  readonly policy: RoutingPolicy;
  readonly rate: ExchangeRate;
};

/**
 * Marked free and priced at zero. The mark alone is not enough: a price above zero is billed, so it
 * is held for.
 */
function isFreeOfCharge(candidate: CandidateFacts): boolean {
  return (
    candidate.isFree &&
    candidate.prices.every(
      (price) =>
        price.freshInputPicoUsd === 0n &&
        price.cachedInputPicoUsd === 0n &&
        price.cacheWrite5mPicoUsd === 0n &&
        price.cacheWrite1hPicoUsd === 0n &&
        price.outputPicoUsd === 0n,
    )
  );
}

/** What a call of a candidate under an output cap must hold, micro-VND; 0 for a free model. */
function holdFor(
  { facts, rate }: FitInput,
  candidate: CandidateFacts,
  outputTokensMax: number,
): bigint {
  if (isFreeOfCharge(candidate)) return 0n;
  const bound = inputBound(candidate.provider, facts.inputTokensEstimated);
  return worstCaseMicroVnd({ ...bound, outputTokensMax }, candidate.prices, rate);
}

/** What the smallest useful call of a candidate must hold, micro-VND; 0 for a free model. */
export function smallestHoldMicroVnd(input: FitInput, candidate: CandidateFacts): bigint {
  return holdFor(input, candidate, outputTokensFloor(input.facts, candidate));
}

/**
 * The largest output cap a candidate may get before money is looked at: the least of what the
 * caller, the plan, the model, its context and four times the learned 95th percentile allow.
 * @returns null when that is below the candidate's floor: no money makes it a candidate.
 */
export function outputTokensAllowed(
  { facts, policy }: FitInput,
  candidate: CandidateFacts,
): number | null {
  const bound = inputBound(candidate.provider, facts.inputTokensEstimated);
  const learned = Math.max(
    CAP_PER_P95 * policy.outputTokensP95[facts.complexity.category],
    candidate.outputTokensMin,
  );
  const allowed = Math.min(
    facts.callerOutputTokensMax ?? Infinity,
    facts.plan.outputTokensMax,
    candidate.outputTokensMax,
    candidate.contextTokensMax - bound.inputTokensMax,
    learned,
  );
  return allowed < Math.max(1, outputTokensFloor(facts, candidate)) ? null : allowed;
}

/**
 * Gives a candidate the largest output cap allowed and paid for by the headroom, and the hold that
 * covers even the longest answer under it. The expected cost is that of an answer of the learned
 * length, also where the headroom would cut it: a cut answer is not a cheaper one.
 * @param headroomMicroVnd the most one call may hold.
 * @returns null when the cap would fall below the candidate's floor.
 */
export function fitCandidate(
  input: FitInput,
  candidate: CandidateFacts,
  headroomMicroVnd: bigint,
): FittedCandidate | null {
  const { facts, policy, rate } = input;
  const bound = inputBound(candidate.provider, facts.inputTokensEstimated);
  const allowed = outputTokensAllowed(input, candidate);
  const affordable = isFreeOfCharge(candidate)
    ? Infinity
    : outputTokensThatFit({ ...bound, budgetMicroVnd: headroomMicroVnd }, candidate.prices, rate);
  if (allowed === null || affordable === null) return null;
  const outputTokensMax = Math.min(allowed, affordable);
  if (outputTokensMax < Math.max(1, outputTokensFloor(facts, candidate))) return null;
  const quality = expectedQuality(candidate, facts.complexity, policy);
  return {
    candidate,
    outputTokensMax,
    isCapTight: affordable < allowed,
    holdMicroVnd: holdFor(input, candidate, outputTokensMax),
    expectedCostMicroVnd: expectedTurnCostMicroVnd(input, candidate),
    quality,
    expectedQuality: quality + preferredBonus(input, candidate),
  };
}

/** Orders by expected cost, then by id: the order of candidates that are worth the same. */
export function byCost(a: FittedCandidate, b: FittedCandidate): number {
  const cost = a.expectedCostMicroVnd - b.expectedCostMicroVnd;
  if (cost !== 0n) return cost < 0n ? -1 : 1;
  return a.candidate.modelId < b.candidate.modelId ? -1 : 1;
}

/** What preferring a model adds to its expected quality; 0 for every other. */
export function preferredBonus(
  { facts, policy }: Pick<FitInput, "facts" | "policy">,
  candidate: CandidateFacts,
): number {
  return facts.preferredModelIds.includes(candidate.modelId) ? policy.preferredBonus : 0;
}
