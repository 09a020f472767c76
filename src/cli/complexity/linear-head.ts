import { solveRidge, type RidgeWeights } from "./ridge.ts";
import { zOf, type Standard } from "./shape-standard.ts";
import { tableBits, type TrainingRow } from "./training-rows.ts";

/** Steps of conjugate gradients: past these the figures no longer move. */
export const solverSteps = 40;

/** How freely the intercept moves, against a weight. */
const INTERCEPT_FREEDOM = 10;

export type HeadProblem = {
  readonly rows: readonly TrainingRow[];
  readonly targets: Float64Array;
  readonly standard: Standard;
  readonly penalty: number;
};

/** Words and shape against a target, with one free intercept. */
export function trainHead({ rows, targets, standard, penalty }: HeadProblem): RidgeWeights {
  return solveRidge({
    rows: rows.map((row) => ({
      places: Int32Array.from(row.features.difficultyPlaces),
      value: row.features.difficultyValue,
      dense: zOf(row, standard),
      intercepts: [{ place: 0, value: INTERCEPT_FREEDOM }],
      weight: row.weight,
    })),
    targets,
    sparseSize: 1 << tableBits.difficulty,
    denseSize: standard.mean.length,
    interceptCount: 1,
    penalty,
    steps: solverSteps,
  });
}
