import { firstPolicy } from "@drizzle/seed-policy.ts";
import type { QueryCategory } from "@/domain/complexity/score-query.ts";
import { expectedQuality } from "@/domain/routing/expected-quality.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { EngineView } from "./bench-month-engine.ts";
import { foldOf, learnableRows } from "./bench-month-curves.ts";
import type { BenchQuestion } from "./bench-month-questions.ts";
import type { OutcomeRow } from "./bench-month-outcomes.ts";
import { fitPairCurves, type Curve } from "./bench-month-pair-curves.ts";
import type { Scored } from "./bench-month-scores.ts";

/** What the policy expects of an answer before it learns: as long as the weak models' real ones. */
const OUTPUT_TOKENS = 100;
/** A strong model's answers beside a weak one's, as measured on gsm8k (105 to 76 tokens). */
const STRONG_LENGTH = 1.4;
const QUESTIONS_PER_MONTH = 600;

/** A question of every category and difficulty: the prior knows nothing of the benches' mix. */
const typicalQuestions = (["question", "maths", "code", "writing", "analysis"] as const).flatMap(
  (category) =>
    [0.1, 0.3, 0.5, 0.7, 0.9].map((score) => ({ score, category, inputTokens: 400, share: 1 })),
);

function everyCategory<T>(value: T): Record<QueryCategory, T> {
  return {
    ...{ chat: value, question: value, writing: value, translation: value },
    ...{ code: value, maths: value, analysis: value, image: value },
  };
}

/** The curves of every fold by name, `strong mmlu-3`, each fitted without that fold. */
export function foldCurves(
  rows: readonly OutcomeRow[],
  scores: ReadonlyMap<string, Scored>,
): Readonly<Record<string, Curve>> {
  const tested = rows.filter(({ bench }) => ["mmlu", "gsm8k", "dcrouter"].includes(bench));
  const folds = new Map(tested.map((row) => [foldOf(row), row.bench]));
  const curves = [...folds].flatMap(([fold, bench]) => {
    const fitted = fitPairCurves(bench, learnableRows(fold, rows), scores);
    return (["strong", "weak"] as const).map((role) => [`${role} ${fold}`, fitted[role]] as const);
  });
  return Object.fromEntries(curves);
}

/** Our engine: market pacing, named curves, the scorer's view. */
export function engineView(curves: Readonly<Record<string, Curve>>): EngineView {
  const policy: RoutingPolicy = {
    ...firstPolicy,
    version: "bench-market",
    pacing: {
      kind: "market",
      questionsPerWeek: (QUESTIONS_PER_MONTH * 7) / 30,
      priorWeeks: 0.15,
      mixPriorQuestions: 8,
      biddingShare: 0.8,
      reserveFactor: 2,
      reserveBurstWeeks: 0.5,
      reserveQuestionsMin: 6,
      typicalQuestions,
    },
    outputTokensExpected: everyCategory({
      ...{ simple: OUTPUT_TOKENS, medium: OUTPUT_TOKENS, complex: OUTPUT_TOKENS },
    }),
    outputFactorByCurve: Object.fromEntries(
      Object.keys(curves).map((name) => [name, name.startsWith("strong") ? STRONG_LENGTH : 1]),
    ),
    qualityCurves: curves,
  };
  return {
    policy,
    scoredOf: ({ scored }) => scored,
    curveOf: (role, { fold }) => ({ curve: `${role} ${fold}`, offset: 0 }),
    isLearning: true,
  };
}

/** What was before: the heuristic's score, straight lines by tier, linear pacing. */
export const heuristicView: EngineView = {
  policy: firstPolicy,
  scoredOf: ({ heuristic }) => heuristic,
  curveOf: (role) => (role === "strong" ? { easy: 0.93, hard: 0.84 } : { easy: 0.86, hard: 0.4 }),
  isLearning: false,
};

/** How much better the engine expects the strong model's answer to be. */
export function expectedGain(view: EngineView, question: BenchQuestion): number {
  const of = (role: "strong" | "weak", tier: "premium" | "economy") =>
    expectedQuality(
      { qualityCurve: view.curveOf(role, question), tier },
      view.scoredOf(question),
      view.policy,
    );
  return of("strong", "premium") - of("weak", "economy");
}
