import type { OutcomeRow } from "./bench-month-outcomes.ts";
import { hashOf, keyOf } from "./complexity/training-rows.ts";

/** Of a curve: at difficulty 0, 0.1 … 1. */
export const POINTS = 11;
/** How stiff a curve is: weight of its second differences against one question's error. */
const STIFFNESS = 60;
/** How many questions a prior curve counts. */
const PRIOR_QUESTIONS = 150;

export type Role = "strong" | "weak";

/** What one question shows at its difficulty; `weight` 1 when left out. */
export type Sample = {
  readonly score: number;
  readonly quality: number;
  readonly weight?: number;
};

/**
 * The group a question's curves must not know: an MMLU subject's eighth, a fifth of dcrouter's
 * questions, a whole bench elsewhere.
 */
export function foldOf(row: OutcomeRow): string {
  if (row.bench === "mmlu") return `mmlu-${hashOf(row.subject) % 8}`;
  if (row.bench === "dcrouter") return `dcrouter-${hashOf(row.id) % 5}`;
  return row.bench;
}

/** The rows a fold's curves may learn from: other folds', without the fold's very questions. */
export function learnableRows(fold: string, rows: readonly OutcomeRow[]): readonly OutcomeRow[] {
  const tested = new Set(
    rows.filter((row) => foldOf(row) === fold).map(({ prompt }) => keyOf(prompt)),
  );
  return rows.filter((row) => foldOf(row) !== fold && !tested.has(keyOf(row.prompt)));
}

/**
 * Penalised least squares on eleven hat functions: bends are dear, and where a prior curve is given
 * it counts as so many questions spread evenly over the difficulties.
 */
export function fitPoints(
  samples: readonly Sample[],
  prior: readonly number[] | null,
): readonly number[] {
  const matrix = Array.from({ length: POINTS }, () => new Float64Array(POINTS + 1));
  const add = (row: number, column: number, value: number) => {
    const line = matrix[row];
    if (line !== undefined) line[column] = (line[column] ?? 0) + value;
  };
  for (const { score, quality, weight: counts = 1 } of samples) {
    const place = Math.min(1, Math.max(0, score)) * (POINTS - 1);
    const below = Math.min(POINTS - 2, Math.floor(place));
    const weights = [below + 1 - place, place - below];
    weights.forEach((weight, i) => {
      weights.forEach((other, j) => add(below + i, below + j, counts * weight * other));
      add(below + i, POINTS, counts * weight * quality);
    });
  }
  for (let middle = 1; middle < POINTS - 1; middle += 1) {
    const bend = [1, -2, 1];
    bend.forEach((a, i) =>
      bend.forEach((b, j) => add(middle - 1 + i, middle - 1 + j, STIFFNESS * a * b)),
    );
  }
  for (let point = 0; point < POINTS; point += 1) {
    const weight = prior === null ? 1e-3 : PRIOR_QUESTIONS / POINTS;
    add(point, point, weight);
    add(point, POINTS, weight * (prior?.[point] ?? 0.5));
  }
  return solve(matrix).map((value) => Math.min(1, Math.max(0, value)));
}

/** Gauss–Jordan elimination of a positive definite system with its right side as last column. */
function solve(matrix: readonly Float64Array[]): readonly number[] {
  matrix.forEach((pivotLine, pivot) => {
    const scale = pivotLine[pivot] ?? 1;
    for (let column = pivot; column <= POINTS; column += 1) {
      pivotLine[column] = (pivotLine[column] ?? 0) / scale;
    }
    matrix.forEach((line, row) => {
      if (row === pivot) return;
      const factor = line[pivot] ?? 0;
      for (let column = pivot; column <= POINTS; column += 1) {
        line[column] = (line[column] ?? 0) - factor * (pivotLine[column] ?? 0);
      }
    });
  });
  return matrix.map((line) => line[POINTS] ?? 0);
}
