import type { SpendLimits } from "@/domain/entitlement/spend-limits.ts";
import { divFloor, maxBigint, minBigint } from "@/domain/money/division.ts";
import { byCost, type FittedCandidate } from "./fit-candidate.ts";

/** A better and (as a rule) dearer candidate than the chosen one. */
export type StrongerModel = {
  readonly modelId: string;
  readonly provider: string;
  readonly expectedCostMicroVnd: bigint;
};

/**
 * Whom "ask again, stronger" asks: of the better candidates the one that brings most quality per
 * đồng more, ties to the cheaper, then to the smaller id.
 * @returns null when the chosen one is the best there is.
 */
export function nextBetter(
  chosen: FittedCandidate,
  fitted: readonly FittedCandidate[],
): StrongerModel | null {
  const worth = (other: FittedCandidate) => {
    const extra = Number(other.expectedCostMicroVnd - chosen.expectedCostMicroVnd);
    return extra <= 0 ? Infinity : (other.quality - chosen.quality) / extra;
  };
  const next = fitted
    .filter((other) => other.quality > chosen.quality)
    .map((candidate) => ({ candidate, worth: worth(candidate) }))
    .sort((a, b) =>
      a.worth === b.worth ? byCost(a.candidate, b.candidate) : a.worth > b.worth ? -1 : 1,
    )[0]?.candidate;
  if (next === undefined) return null;
  return {
    modelId: next.candidate.modelId,
    provider: next.candidate.provider,
    expectedCostMicroVnd: minBigint(next.expectedCostMicroVnd, next.holdMicroVnd),
  };
}

/**
 * How many more answers at this cost every limit that adds up leaves (the cap of a single question
 * does not). @returns whole number >= 0, or null for an answer that costs nothing.
 */
export function answersLeft(limits: SpendLimits, costMicroVnd: bigint): number | null {
  if (costMicroVnd <= 0n) return null;
  const others = [
    limits.memberLeftMicroVnd,
    limits.dailyLeftMicroVnd,
    limits.freeCeilingLeftMicroVnd,
  ].filter((left) => left !== null);
  const left = maxBigint(0n, minBigint(limits.budgetLeftMicroVnd, ...others));
  return Number(divFloor(left, costMicroVnd));
}
