/** One training row: sparse places that all have the same value, then dense values. */
export type RidgeRow = {
  readonly places: Int32Array;
  readonly value: number;
  readonly dense: Float64Array;
  /** Intercepts of the row's groups: learned beside the weights, left out afterwards. */
  readonly intercepts: readonly { readonly place: number; readonly value: number }[];
  readonly weight: number;
};

export type RidgeProblem = {
  readonly rows: readonly RidgeRow[];
  readonly targets: Float64Array;
  readonly sparseSize: number;
  /** How dear each sparse weight is: a place of scale s pays 1 / s². All 1 when left out. */
  readonly sparseScale?: Float64Array;
  readonly denseSize: number;
  readonly interceptCount: number;
  readonly penalty: number;
  readonly steps: number;
};

export type RidgeWeights = { readonly sparse: Float64Array; readonly dense: Float64Array };

/**
 * Weighted least squares with a squared penalty on every weight, by conjugate gradients on the
 * normal equations. Deterministic: fixed order of sums, fixed number of steps.
 * Source: Hestenes and Stiefel 1952.
 */
export function solveRidge(problem: RidgeProblem): RidgeWeights {
  const { rows, sparseSize, denseSize, penalty } = problem;
  const size = sparseSize + denseSize + problem.interceptCount;
  const weights = new Float64Array(size);
  const residual = transposed(problem, problem.targets);
  const direction = residual.slice();
  let norm = dot(residual, residual);
  const applied = new Float64Array(rows.length);
  for (let step = 0; step < problem.steps && norm > 1e-9; step += 1) {
    apply(problem, direction, applied);
    const image = transposed(problem, applied);
    for (let i = 0; i < size; i += 1) image[i] = (image[i] ?? 0) + penalty * (direction[i] ?? 0);
    const stride = norm / dot(direction, image);
    for (let i = 0; i < size; i += 1) {
      weights[i] = (weights[i] ?? 0) + stride * (direction[i] ?? 0);
      residual[i] = (residual[i] ?? 0) - stride * (image[i] ?? 0);
    }
    const next = dot(residual, residual);
    const share = next / norm;
    norm = next;
    for (let i = 0; i < size; i += 1) {
      direction[i] = (residual[i] ?? 0) + share * (direction[i] ?? 0);
    }
  }
  return {
    sparse: weights.slice(0, sparseSize).map((w, i) => w * (problem.sparseScale?.[i] ?? 1)),
    dense: weights.slice(sparseSize, sparseSize + denseSize),
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** Predictions of all rows under `weights`, into `out`. */
function apply(problem: RidgeProblem, weights: Float64Array, out: Float64Array): void {
  const { rows, sparseSize, denseSize, sparseScale: scale } = problem;
  const after = sparseSize + denseSize;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    if (row === undefined) continue;
    let sparse = 0;
    for (const place of row.places) sparse += (weights[place] ?? 0) * (scale?.[place] ?? 1);
    let sum = sparse * row.value;
    for (let i = 0; i < denseSize; i += 1)
      sum += (weights[sparseSize + i] ?? 0) * (row.dense[i] ?? 0);
    for (const { place, value } of row.intercepts) sum += (weights[after + place] ?? 0) * value;
    out[at] = sum;
  }
}

function transposed(problem: RidgeProblem, values: Float64Array): Float64Array {
  const { rows, sparseSize, denseSize, sparseScale: scale } = problem;
  const after = sparseSize + denseSize;
  const out = new Float64Array(after + problem.interceptCount);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    if (row === undefined) continue;
    const amount = (values[at] ?? 0) * row.weight;
    const sparse = amount * row.value;
    for (const place of row.places) out[place] = (out[place] ?? 0) + sparse * (scale?.[place] ?? 1);
    for (let i = 0; i < denseSize; i += 1) {
      out[sparseSize + i] = (out[sparseSize + i] ?? 0) + amount * (row.dense[i] ?? 0);
    }
    for (const { place, value } of row.intercepts) {
      out[after + place] = (out[after + place] ?? 0) + amount * value;
    }
  }
  return out;
}
