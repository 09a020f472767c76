import path from "node:path";
import type { QueryCategory } from "@/domain/complexity/query-categories.ts";
import type { OutcomeRow } from "./bench-month-outcomes.ts";
import { heldOutScores } from "./complexity/held-out-scores.ts";
import { scoreByHeuristic } from "./complexity/heuristic/score-by-heuristic.ts";
import { outcomeRows, parallelRows, readParallelSet } from "./complexity/training-rows.ts";

export type Scored = { readonly score: number; readonly category: QueryCategory };

const PARALLEL_QUESTIONS = path.resolve(
  import.meta.dirname,
  "../../tests/fixtures/parallel-questions",
);

/** The hand-set heuristic's view of every question. */
export function heuristicScores(rows: readonly OutcomeRow[]): ReadonlyMap<string, Scored> {
  return new Map(rows.map(({ id, prompt }) => [id, scoreByHeuristic(prompt)]));
}

/**
 * The scorer's view of every question: trained once per fold as the shipped model is, each question
 * scored by the one that never saw its group.
 */
export function engineScores(rows: readonly OutcomeRow[]): ReadonlyMap<string, Scored> {
  const exam = outcomeRows(rows);
  const everyday = parallelRows(readParallelSet(PARALLEL_QUESTIONS));
  return heldOutScores({ exam, everyday }, (done, of) => {
    process.stderr.write(`scorer trained without fold ${done} of ${of}\n`);
  });
}
