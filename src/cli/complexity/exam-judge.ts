import { present } from "@/domain/assert.ts";
import { shapeNames } from "@/domain/complexity/shape.ts";
import { solverSteps } from "./linear-head.ts";
import { solveRidge, type RidgeRow, type RidgeWeights } from "./ridge.ts";
import { zOf, type Standard } from "./shape-standard.ts";
import { tableBits, type TrainingRow } from "./training-rows.ts";

const PENALTY = 250;
/** Pairs of shape features cost more than single ones: their values are this much smaller. */
export const pairScale = 0.2;
/** How freely a group's and a bench's intercepts move, against a weight. */
const GROUP_FREEDOM = 0.3;
const BENCH_FREEDOM = 3;
/** Small benches count for more than their rows: weight = (mean size / size)^this. */
const BALANCE = 0.3;

const termNames: ReadonlySet<string> = new Set([
  "loops",
  "branches",
  "relations",
  "question",
  "writing",
  "translation",
  "code",
  "maths",
  "analysis",
  "chat",
  "depth",
  "continuation",
  "notImage",
]);

/**
 * Terms tell kinds of work apart, not difficulty within them: the exam judge does not see them, so
 * that it stays of use on kinds of work its outcomes do not have.
 */
const isForm = shapeNames.map((name) => !termNames.has(name));

/** z, then the products of all pairs, scaled down so that they are dearer to use. */
function withPairs(all: Float64Array): Float64Array {
  const z = all.map((value, place) => (isForm[place] === true ? value : 0));
  const size = z.length;
  const out = new Float64Array(size + (size * (size + 1)) / 2);
  out.set(z);
  let at = size;
  for (let i = 0; i < size; i += 1) {
    for (let j = i; j < size; j += 1) {
      out[at] = (z[i] ?? 0) * (z[j] ?? 0) * pairScale;
      at += 1;
    }
  }
  return out;
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(names)].map((name, place) => [name, place]));
}

/** Learns how much a stronger model is worth; intercepts take what separates the groups. */
export function trainExam(rows: readonly TrainingRow[], standard: Standard): RidgeWeights {
  const groups = numbered(rows.map((row) => row.group));
  const benches = numbered(rows.map((row) => row.bench));
  const sizes = new Map<string, number>();
  for (const { bench } of rows) sizes.set(bench, (sizes.get(bench) ?? 0) + 1);
  const meanSize = rows.length / sizes.size;
  const ridgeRows = rows.map((row): RidgeRow => ({
    places: Int32Array.from(row.features.difficultyPlaces),
    value: row.features.difficultyValue,
    dense: withPairs(zOf(row, standard)),
    intercepts: [
      { place: groups.get(row.group) ?? 0, value: GROUP_FREEDOM },
      { place: groups.size + (benches.get(row.bench) ?? 0), value: BENCH_FREEDOM },
    ],
    weight: (meanSize / (sizes.get(row.bench) ?? 1)) ** BALANCE,
  }));
  return solveRidge({
    rows: ridgeRows,
    targets: Float64Array.from(rows, (row) => row.target),
    sparseSize: 1 << tableBits.difficulty,
    denseSize: present(ridgeRows[0], "there are rows").dense.length,
    interceptCount: groups.size + benches.size,
    penalty: PENALTY,
    steps: solverSteps,
  });
}
