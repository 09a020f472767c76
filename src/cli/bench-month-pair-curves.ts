import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import { fitPoints, POINTS, type Role, type Sample } from "./bench-month-curves.ts";
import { BENCH_PAIRS, type OutcomeRow } from "./bench-month-outcomes.ts";
import type { Scored } from "./bench-month-scores.ts";
import { neverFalling } from "./complexity/isotonic.ts";

/**
 * What another pair's question says of this pair, against one of its own: all of them together count
 * a few hundred, enough for the shape where a pair has no outcomes, too few for its level.
 */
const OTHER_PAIR_WEIGHT = 0.03;
/** How many questions hold a category's lift, and (as a sum of squares) its tilt, at none. */
const LIFT_PRIOR = 500;
const TILT_PRIOR = 3_000;

export type Curve = Readonly<Record<QueryCategory, readonly number[]>>;

type WeightedSample = Required<Sample> & { readonly category: QueryCategory };

/**
 * Quality by difficulty and category of a bench's strong and weak model. The choice between the two
 * hangs on their difference alone, so the difference is what is fitted, and it never falls as
 * questions grow harder: the scorer is trained to rise with it. The weak model's curve is fitted
 * beside it, the strong one's is their sum.
 * @param rows what may be learned from; another pair's outcomes count little.
 */
export function fitPairCurves(
  bench: string,
  rows: readonly OutcomeRow[],
  scores: ReadonlyMap<string, Scored>,
): Readonly<Record<Role, Curve>> {
  const own = BENCH_PAIRS[bench];
  const known = rows.flatMap((row) => {
    const scored = scores.get(row.id);
    const pair = BENCH_PAIRS[row.bench];
    const strong = row.outcomes[pair?.strong ?? ""];
    const weak = row.outcomes[pair?.weak ?? ""];
    if (scored === undefined || strong === undefined || weak === undefined) return [];
    const isOwn = pair?.strong === own?.strong && pair?.weak === own?.weak;
    return [{ ...scored, strong, weak, weight: isOwn ? 1 : OTHER_PAIR_WEIGHT }];
  });
  const gains = known.map((row): WeightedSample => ({ ...row, quality: row.strong - row.weak }));
  const weaks = known.map((row): WeightedSample => ({ ...row, quality: row.weak }));
  const mass = massOf(gains);
  const gain = byCategory(gains, neverFalling(fitPoints(gains, null), mass));
  const weak = byCategory(weaks, fitPoints(weaks, null));
  const strong = { ...weak };
  for (const category of queryCategories) {
    const rising = neverFalling(gain[category], mass).map((value) => Math.max(0, value));
    weak[category] = weak[category].map((value, point) =>
      Math.max(0, Math.min(value, 1 - (rising[point] ?? 0))),
    );
    strong[category] = weak[category].map((value, point) => value + (rising[point] ?? 0));
  }
  return { strong, weak };
}

function byCategory(
  samples: readonly WeightedSample[],
  all: readonly number[],
): Record<QueryCategory, readonly number[]> {
  const of = (category: QueryCategory) =>
    tilted(
      all,
      samples.filter((sample) => sample.category === category),
    );
  return {
    chat: of("chat"),
    question: of("question"),
    writing: of("writing"),
    translation: of("translation"),
    code: of("code"),
    maths: of("maths"),
    analysis: of("analysis"),
    image: of("image"),
  };
}

function valueAt(points: readonly number[], score: number): number {
  const place = Math.min(1, Math.max(0, score)) * (POINTS - 1);
  const below = Math.min(POINTS - 2, Math.floor(place));
  const from = points[below] ?? 0;
  return from + ((points[below + 1] ?? from) - from) * (place - below);
}

/**
 * A category's curve: that of all, lifted and tilted as far as the category's questions prove it.
 * The questions of one category are too few, and of too few benches, for a shape of their own.
 */
function tilted(all: readonly number[], samples: readonly WeightedSample[]): readonly number[] {
  let [count, places, squares, aboves, products] = [LIFT_PRIOR, 0, TILT_PRIOR, 0, 0];
  for (const { score, quality, weight } of samples) {
    const place = score - 0.5;
    const above = quality - valueAt(all, score);
    count += weight;
    places += weight * place;
    squares += weight * place * place;
    aboves += weight * above;
    products += weight * place * above;
  }
  const determinant = count * squares - places * places;
  const lift = (aboves * squares - places * products) / determinant;
  const tilt = (count * products - places * aboves) / determinant;
  return all.map((value, point) => value + lift + tilt * (point / (POINTS - 1) - 0.5));
}

/** How many questions lie at each point, and one more so that no point weighs nothing. */
function massOf(samples: readonly WeightedSample[]): readonly number[] {
  const mass = Array.from({ length: POINTS }, () => 1);
  for (const { score, weight } of samples) {
    const at = Math.round(Math.min(1, Math.max(0, score)) * (POINTS - 1));
    mass[at] = (mass[at] ?? 0) + weight;
  }
  return mass;
}
