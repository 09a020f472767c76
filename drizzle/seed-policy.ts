import { baselineWeights } from "@/domain/complexity/score-query.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";

/**
 * The engine's first parameters. `qualityPerAllowance` is set so that a month asked as forecast is
 * answered to its last question and uses more than three quarters of its budget
 * (tests/unit/pacing/simulated-month.test.ts).
 */
export const firstPolicy: RoutingPolicy = {
  version: "2026-11-linear",
  pacing: { queriesPerDay: 8, qualityPerAllowance: 0.2 },
  cutPoints: baselineWeights.cutPoints,
  outputTokensExpected: { simple: 250, medium: 600, complex: 1_200 },
  outputTokensP95: {
    chat: 800,
    question: 1_500,
    writing: 2_500,
    translation: 2_000,
    code: 3_500,
    maths: 2_500,
    analysis: 3_000,
    image: 1_000,
  },
  preferredBonus: 0.03,
  historyTokensMax: 24_000,
  imageWishConfidence: 0.8,
};
