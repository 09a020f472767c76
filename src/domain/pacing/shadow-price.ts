import type { PacingFacts } from "@/domain/routing/turn-facts.ts";
import type { LinearPacing } from "./pacing-parameters.ts";

const DAY_MS = 86_400_000;

/** Fewer expected questions than this would let the very last one spend everything. */
const QUERIES_LEFT_MIN = 4;

/**
 * The shadow price λ: how much expected quality (0 to 1) one micro-VND must buy. Linear pacing:
 * what is left, shared evenly over the questions expected until the period ends, is the allowance
 * of one question, and λ = qualityPerAllowance / allowance. Spending faster than time passes
 * shrinks the allowance and raises λ; unused money raises the allowance towards the end. With the
 * soft landing off the period's average allowance is used throughout.
 * @returns quality per micro-VND, >= 0; Infinity when nothing is left.
 * Source: Lagrangian budget pacing with a static demand forecast.
 */
export function shadowPrice(facts: PacingFacts, parameters: LinearPacing): number {
  const periodMs = Math.max(1, facts.endsAtMs - facts.startsAtMs);
  const leftMs = Math.min(periodMs, Math.max(0, facts.endsAtMs - facts.nowMs));
  const spanMs = facts.isSoftLandingOn ? leftMs : periodMs;
  const queries = Math.max(QUERIES_LEFT_MIN, (parameters.queriesPerDay * spanMs) / DAY_MS);
  const left = facts.limitMicroVnd - facts.usedMicroVnd - facts.reservedMicroVnd;
  const amount = facts.isSoftLandingOn ? left : facts.limitMicroVnd;
  if (left <= 0n || amount <= 0n) return Infinity;
  return (parameters.qualityPerAllowance * queries) / Number(amount);
}
