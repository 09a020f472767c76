import path from "node:path";
import { readOutcomes, type OutcomeRow } from "@/cli/bench-month-outcomes.ts";
import {
  outcomeRows,
  parallelFolder,
  parallelRows,
  readParallelSet,
  type TrainingRow,
} from "@/cli/complexity/training-rows.ts";
import type { TrainingSets } from "@/cli/complexity/train-model.ts";

export const root = path.resolve(import.meta.dirname, "../../..");

/** Every `step`th outcome of the sample and every `step * 8`th labelled text. */
export function sampledSets(step: number): TrainingSets {
  const outcomes = readOutcomes(path.join(root, "tests/fixtures/routing-sample"));
  const questions = readParallelSet(path.join(root, parallelFolder));
  const every = <T>(all: readonly T[], by: number) => all.filter((_, at) => at % by === 0);
  return {
    exam: outcomeRows(every(outcomes, step)),
    everyday: parallelRows(every(questions, step * 8)),
  };
}

/** A question of a bench whose strong model alone is right. */
export function outcomeRow(bench: string, subject: string, at: number): OutcomeRow {
  return {
    id: `${bench}/${subject}/${at}`,
    bench,
    subject,
    prompt: `Question ${at} of ${subject}: which of the ${at + 2} numbers is prime?`,
    outcomes: { strong: 1, weak: at % 2 },
  };
}

/** The row with another target; what its text says stays. */
export function aimed(row: TrainingRow, target: number): TrainingRow {
  return { ...row, target };
}
