import type { QueryCategory } from "@/domain/complexity/score-query.ts";
import type { RoutingPolicy } from "./policy.ts";
import type { CandidateFacts } from "./turn-facts.ts";

/** Points of a named curve lie at difficulty 0, 0.1 … 1. */
const STEPS = 10;

type Model = Pick<CandidateFacts, "qualityCurve" | "tier">;
type Curves = Pick<RoutingPolicy, "qualityCurves">;

/**
 * Stands in where a policy has no curve of that name (an older policy replayed on newer facts):
 * middling for the tier.
 */
const LINE_BY_TIER = {
  economy: { easy: 0.8, hard: 0.4 },
  standard: { easy: 0.87, hard: 0.6 },
  premium: { easy: 0.92, hard: 0.75 },
} as const satisfies Record<CandidateFacts["tier"], unknown>;

/**
 * Expected quality of a model's answer to a question: on its straight line, or on the policy's
 * named curve of the question's category, linear between its points, shifted by the row's offset.
 * @param question `score` in [0, 1], 1 hardest.
 * @returns in [0, 1] for a named curve; a straight line is taken as it stands.
 */
export function expectedQuality(
  { qualityCurve, tier }: Model,
  question: { readonly score: number; readonly category: QueryCategory },
  policy: Curves,
): number {
  if (!("curve" in qualityCurve)) {
    return qualityCurve.easy + (qualityCurve.hard - qualityCurve.easy) * question.score;
  }
  const points = policy.qualityCurves[qualityCurve.curve]?.[question.category];
  const score = Math.min(1, Math.max(0, question.score));
  const quality = points === undefined ? onLine(tier, score) : between(points, score * STEPS);
  return Math.min(1, Math.max(0, quality + qualityCurve.offset));
}

/**
 * How good a model is where it matters most: at the hardest questions, over all categories alike.
 * Orders models of one tier; no probability.
 */
export function hardestQuality({ qualityCurve, tier }: Model, policy: Curves): number {
  if (!("curve" in qualityCurve)) return qualityCurve.hard;
  const byCategory = policy.qualityCurves[qualityCurve.curve];
  if (byCategory === undefined) return LINE_BY_TIER[tier].hard + qualityCurve.offset;
  const ends = Object.values(byCategory).map((points) => points[STEPS] ?? 0);
  return ends.reduce((sum, end) => sum + end, 0) / ends.length + qualityCurve.offset;
}

function onLine(tier: CandidateFacts["tier"], score: number): number {
  const { easy, hard } = LINE_BY_TIER[tier];
  return easy + (hard - easy) * score;
}

function between(points: readonly number[], place: number): number {
  const below = Math.min(STEPS - 1, Math.floor(place));
  const from = points[below] ?? 0;
  return from + ((points[below + 1] ?? from) - from) * (place - below);
}
