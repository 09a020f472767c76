import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import { runScorer } from "@/domain/complexity/scorer-model.ts";
import { prepareTraining, trainModel } from "./train-model.ts";
import { hashOf, type TrainingRow } from "./training-rows.ts";

const FOLDS = 5;

/** Benches that are left out whole, and with which fold; equal folds share their questions. */
const FOLD_OF_BENCH: Readonly<Record<string, number>> = {
  gsm8k: 0,
  zeroeval_gsm: 0,
  zeroeval_crux: 1,
  "zeroeval_math-l5": 2,
};

/**
 * The fold that leaves a row out: whole MMLU subjects, whole MMLU-Pro categories, whole benches,
 * inside dcrouter single questions.
 */
export function foldsOf(rows: readonly TrainingRow[]): ReadonlyMap<string, number> {
  const folds = new Map<string, number>();
  for (const bench of new Set(rows.map((row) => row.bench))) {
    const ofBench = rows.filter((row) => row.bench === bench);
    const groups = [...new Set(ofBench.map((row) => row.group))].sort(
      (a, b) => hashOf(`s${a}`) - hashOf(`s${b}`),
    );
    for (const row of ofBench) {
      const grouped = groups.indexOf(row.group) % FOLDS;
      const single = hashOf(`q${row.id}`) % FOLDS;
      folds.set(row.id, FOLD_OF_BENCH[bench] ?? (bench === "dcrouter" ? single : grouped));
    }
  }
  return folds;
}

/** A question's score by a scorer that never saw its group, nor its text in another collection. */
export type HeldOutScore = { readonly score: number; readonly category: QueryCategory };

/** Trains once per fold and scores what was left out; `onFold` reports progress. */
export function heldOutScores(
  sets: { readonly exam: readonly TrainingRow[]; readonly everyday: readonly TrainingRow[] },
  onFold: (done: number, of: number) => void,
): ReadonlyMap<string, HeldOutScore> {
  const prepared = prepareTraining(sets);
  const folds = foldsOf(sets.exam);
  const scores = new Map<string, HeldOutScore>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const left = sets.exam.filter((row) => folds.get(row.id) === fold);
    const keys = new Set(left.map((row) => row.key));
    const exam = sets.exam.filter((row) => folds.get(row.id) !== fold && !keys.has(row.key));
    const model = trainModel({ ...sets, exam }, prepared, `fold-${fold}`);
    for (const row of left) {
      const { difficulty, probabilities } = runScorer(row.features, model);
      const best = probabilities.indexOf(Math.max(...probabilities));
      scores.set(row.id, { score: difficulty, category: queryCategories[best] ?? "question" });
    }
    onFold(fold + 1, FOLDS);
  }
  return scores;
}
