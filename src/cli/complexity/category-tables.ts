import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { solverSteps } from "./linear-head.ts";
import { solveRidge, type RidgeRow } from "./ridge.ts";
import { zOf, type Standard } from "./shape-standard.ts";
import { tableBits, type TrainingRow } from "./training-rows.ts";

const PENALTY = 2;
/** Shape says little of the kind of work beside the words. */
const SHAPE_SCALE = 0.5;
/** What a row of another category stands for, against 1 of its own. */
const OTHER = -0.15;
/** A word's freedom: this, and its log odds ratio times the power. */
const FREEDOM_MIN = 0.3;
const BAYES_POWER = 0.7;

/** One table of words per category, one after the other; shape and bias alike. */
export type CategoryTables = {
  readonly words: Float64Array;
  readonly shape: Float64Array;
  readonly bias: Float64Array;
};

/** Learns each category against the others. */
export function trainCategories(rows: readonly TrainingRow[], standard: Standard): CategoryTables {
  const size = 1 << tableBits.category;
  const shapeSize = standard.mean.length;
  const words = new Float64Array(size * queryCategories.length);
  const shape = new Float64Array(shapeSize * queryCategories.length);
  const bias = new Float64Array(queryCategories.length);
  const ridgeRows = rows.map((row): RidgeRow => {
    const z = zOf(row, standard);
    const dense = new Float64Array(shapeSize + 1);
    dense.set(z.map((value) => value * SHAPE_SCALE));
    dense[shapeSize] = 1;
    return {
      places: Int32Array.from(row.features.categoryPlaces),
      value: row.features.categoryValue,
      dense,
      intercepts: [],
      weight: 1,
    };
  });
  queryCategories.forEach((category, at) => {
    const isOf = rows.map((row) => row.category === category);
    const scale = bayesScale(ridgeRows, isOf, size);
    const solved = solveRidge({
      rows: ridgeRows,
      targets: Float64Array.from(rows, (row) => (row.category === category ? 1 : OTHER)),
      sparseSize: size,
      sparseScale: scale,
      denseSize: shapeSize + 1,
      interceptCount: 0,
      penalty: PENALTY,
      steps: solverSteps,
    });
    words.set(solved.sparse, at * size);
    shape.set(
      solved.dense.slice(0, shapeSize).map((value) => value * SHAPE_SCALE),
      at * shapeSize,
    );
    bias[at] = solved.dense[shapeSize] ?? 0;
  });
  return { words, shape, bias };
}

/**
 * Words that are much more common inside or outside a category move more freely.
 * Source: Wang and Manning 2012 (naive Bayes ratios as features).
 */
function bayesScale(
  rows: readonly RidgeRow[],
  isOf: readonly boolean[],
  size: number,
): Float64Array {
  const inside = new Float64Array(size).fill(1);
  const outside = new Float64Array(size).fill(1);
  let [insideRows, outsideRows] = [2, 2];
  rows.forEach((row, at) => {
    const counts = isOf[at] === true ? inside : outside;
    for (const place of row.places) counts[place] = (counts[place] ?? 0) + 1;
    if (isOf[at] === true) insideRows += 1;
    else outsideRows += 1;
  });
  return inside.map((count, place) => {
    const ratio = count / insideRows / ((outside[place] ?? 1) / outsideRows);
    return FREEDOM_MIN + BAYES_POWER * Math.abs(Math.log(ratio));
  });
}
