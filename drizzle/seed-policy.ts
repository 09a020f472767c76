import qualityCurves from "./quality-curves.json" with { type: "json" };
import type { CutPoints, QueryCategory } from "@/domain/complexity/score-query.ts";
import type { TypicalQuestion } from "@/domain/pacing/pacing-parameters.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";

/** Where difficulty turns medium and complex until a policy version says otherwise. */
const firstCutPoints: CutPoints = { medium: 0.34, complex: 0.62 };

const anyCategory = { simple: 250, medium: 600, complex: 1_200 };

/**
 * The engine's first parameters. `qualityPerAllowance` is set so that a month asked as forecast is
 * answered to its last question and uses more than three quarters of its budget
 * (tests/unit/pacing/simulated-month.test.ts).
 */
export const firstPolicy: RoutingPolicy = {
  version: "2026-11-linear",
  pacing: { kind: "linear", queriesPerDay: 8, qualityPerAllowance: 0.2 },
  cutPoints: firstCutPoints,
  outputTokensExpected: {
    chat: anyCategory,
    question: anyCategory,
    writing: anyCategory,
    translation: anyCategory,
    code: anyCategory,
    maths: anyCategory,
    analysis: anyCategory,
    image: anyCategory,
  },
  outputFactorByCurve: {},
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
  qualityCurves: {},
  preferredBonus: 0.03,
  historyTokensMax: 24_000,
  imageWishConfidence: 0.8,
};

/** What people ask, before anything is known of the one who asks: by category, easy to hard. */
const DAILY_WORK: readonly (readonly [QueryCategory, share: number, inputTokens: number])[] = [
  ["question", 30, 500],
  ["chat", 15, 300],
  ["writing", 15, 600],
  ["code", 12, 1_200],
  ["translation", 10, 700],
  ["analysis", 10, 1_500],
  ["maths", 8, 500],
];

const typicalQuestions: readonly TypicalQuestion[] = DAILY_WORK.flatMap(
  ([category, share, inputTokens]) => [
    { score: 0.2, category, inputTokens, share: share * 0.5 },
    { score: 0.5, category, inputTokens: inputTokens * 1.5, share: share * 0.3 },
    { score: 0.8, category, inputTokens: inputTokens * 2, share: share * 0.2 },
  ],
);

/**
 * The engine that chooses by worth: a trained scorer's cut points, quality curves fitted from
 * outcomes (docs/complexity-model.md), market pacing, lengths by category.
 * `biddingShare`, the prior and the reserve are set so that half, double and uneven months are
 * answered to their end and use their budget (tests/unit/pacing/market-month.test.ts,
 * `npm run bench:month`).
 */
export const marketPolicy: RoutingPolicy = {
  ...firstPolicy,
  version: "2026-11-market",
  pacing: {
    kind: "market",
    questionsPerWeek: 56,
    priorWeeks: 0.15,
    mixPriorQuestions: 8,
    biddingShare: 0.8,
    reserveFactor: 2,
    reserveBurstWeeks: 0.5,
    reserveQuestionsMin: 6,
    typicalQuestions,
  },
  outputTokensExpected: {
    chat: { simple: 120, medium: 300, complex: 600 },
    question: { simple: 250, medium: 500, complex: 900 },
    writing: { simple: 350, medium: 800, complex: 1_500 },
    translation: { simple: 200, medium: 500, complex: 1_200 },
    code: { simple: 400, medium: 900, complex: 1_800 },
    maths: { simple: 300, medium: 700, complex: 1_400 },
    analysis: { simple: 400, medium: 900, complex: 1_600 },
    image: { simple: 100, medium: 200, complex: 300 },
  },
  // Most of the catalogue's larger models think before they answer, and thinking is billed.
  outputFactorByCurve: { economy: 1.2, standard: 1.3, premium: 1.5 },
  qualityCurves,
  // The thirds of the training texts, whose three levels are equally common.
  cutPoints: { medium: 0.2, complex: 0.65 },
  imageWishConfidence: 0.7,
};
