import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { solveRidge, type RidgeProblem } from "@/cli/complexity/ridge.ts";

type Line = {
  readonly places: readonly number[];
  readonly dense: number;
  readonly group: number;
  readonly weight: number;
  readonly target: number;
};

const SPARSE = 3;
const GROUPS = 2;
const VALUE = 0.7;
const FREEDOM = 1.5;

function problemOf(lines: readonly Line[], penalty: number, scale?: Float64Array): RidgeProblem {
  return {
    rows: lines.map(({ places, dense, group, weight }) => ({
      places: Int32Array.from(places),
      value: VALUE,
      dense: Float64Array.of(dense),
      intercepts: [{ place: group, value: FREEDOM }],
      weight,
    })),
    targets: Float64Array.from(lines, ({ target }) => target),
    sparseSize: SPARSE,
    ...(scale === undefined ? {} : { sparseScale: scale }),
    denseSize: 1,
    interceptCount: GROUPS,
    penalty,
    steps: 60,
  };
}

/** The same row as one dense vector: sparse places, the dense value, the groups' intercepts. */
function columnsOf({ places, dense, group }: Line, scale: Float64Array): readonly number[] {
  const sparse = Array.from({ length: SPARSE }, (_, place) =>
    places.includes(place) ? VALUE * (scale[place] ?? 1) : 0,
  );
  const groups = Array.from({ length: GROUPS }, (_, at) => (at === group ? FREEDOM : 0));
  return [...sparse, dense, ...groups];
}

/** (XᵀWX + λI)⁻¹ XᵀWy by elimination; the matrix is positive definite. */
function closedForm(lines: readonly Line[], penalty: number, scale: Float64Array) {
  const size = SPARSE + 1 + GROUPS;
  const matrix = Array.from({ length: size }, (_, at) => {
    const line = new Float64Array(size + 1);
    line[at] = penalty;
    return line;
  });
  for (const row of lines) {
    const columns = [...columnsOf(row, scale), row.target];
    matrix.forEach((line, at) => {
      columns.forEach((value, column) => {
        line[column] = (line[column] ?? 0) + row.weight * (columns[at] ?? 0) * value;
      });
    });
  }
  matrix.forEach((pivotLine, pivot) => {
    const head = pivotLine[pivot] ?? 1;
    pivotLine.forEach((value, column) => (pivotLine[column] = value / head));
    matrix.forEach((line, at) => {
      const factor = at === pivot ? 0 : (line[pivot] ?? 0);
      line.forEach((value, column) => {
        line[column] = value - factor * (pivotLine[column] ?? 0);
      });
    });
  });
  const solution = matrix.map((line) => line[size] ?? 0);
  return {
    sparse: solution.slice(0, SPARSE).map((value, at) => value * (scale[at] ?? 1)),
    dense: solution.slice(SPARSE, SPARSE + 1),
  };
}

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anyLine: fc.Arbitrary<Line> = fc.record({
  places: fc.uniqueArray(fc.nat(SPARSE - 1)),
  dense: finite(-2, 2),
  group: fc.nat(GROUPS - 1),
  weight: finite(0.1, 3),
  target: finite(-1, 1),
});
const anyLines = fc.array(anyLine, { minLength: 1, maxLength: 12 });
const anyScale = fc
  .array(finite(0.3, 3), { minLength: SPARSE, maxLength: SPARSE })
  .map((values) => Float64Array.from(values));

describe("the ridge solver", () => {
  it("finds the closed form's weights, whatever rows, weights, scales and intercepts", () => {
    fc.assert(
      fc.property(anyLines, finite(0.5, 20), anyScale, (lines, penalty, scale) => {
        const { sparse, dense } = solveRidge(problemOf(lines, penalty, scale));
        const exact = closedForm(lines, penalty, scale);
        [...sparse, ...dense].forEach((value, at) => {
          expect(value).toBeCloseTo([...exact.sparse, ...exact.dense][at] ?? Number.NaN, 3);
        });
      }),
      { seed: 20_261_121, numRuns: 200 },
    );
  });

  it("takes a scale left out for one", () => {
    const lines: readonly Line[] = [
      { places: [0, 2], dense: 1, group: 0, weight: 1, target: 1 },
      { places: [1], dense: -0.5, group: 1, weight: 2, target: -0.3 },
    ];
    const ones = new Float64Array(SPARSE).fill(1);
    expect(solveRidge(problemOf(lines, 2))).toEqual(solveRidge(problemOf(lines, 2, ones)));
  });

  it("gives bit-equal weights for equal rows", () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        expect(solveRidge(problemOf(lines, 3))).toEqual(solveRidge(problemOf(lines, 3)));
      }),
      { seed: 20_261_121, numRuns: 50 },
    );
  });

  it("learns nothing from rows that say nothing", () => {
    const line: Line = { places: [0, 1], dense: 1, group: 0, weight: 1, target: 0 };
    const { sparse, dense } = solveRidge(problemOf([line, line], 1));
    expect([...sparse, ...dense]).toEqual([0, 0, 0, 0]);
  });
});
