import { queryCategories } from "@/domain/complexity/query-categories.ts";
import type { Shape } from "@/domain/complexity/shape.ts";
import { addOpening, addParts, addWords, PlaceSet } from "@/domain/complexity/hashed-features.ts";
import type { Token } from "@/domain/complexity/tokens.ts";

/** Whole numbers times a step: how trained weights are kept. */
export type Quantised = { readonly values: Int8Array | Int16Array; readonly step: number };

/** Mean and spread of each shape feature over a set of training rows. */
export type ShapeStandard = { readonly mean: Quantised; readonly spread: Quantised };

/** A table of word weights and one weight per shape feature. */
export type LinearHead = { readonly words: Quantised; readonly shape: Quantised };

/**
 * The trained weights; made by `npm run train:complexity`. Two judges of difficulty, each for the
 * texts it learned from: `exam` from what models got right and wrong, `everyday` from labelled
 * questions in both languages; the gate tells the two kinds of text apart.
 */
export type ScorerModel = {
  /** Named in the model card and in every figure printed. */
  readonly version: string;
  /** The tables of `exam`, `everyday` and `gate` have 2^wordBits places. */
  readonly wordBits: number;
  /** Over all training rows; the exam judge's own is over the outcomes alone. */
  readonly standard: ShapeStandard;
  /** `shapePairs`: upper triangle of shape × shape, row by row. */
  readonly exam: LinearHead & {
    readonly standard: ShapeStandard;
    readonly shapePairs: Quantised;
    readonly squash: Squash;
  };
  /** `categoryGain`: added by the probability of each category. */
  readonly everyday: LinearHead & { readonly categoryGain: Quantised; readonly squash: Squash };
  readonly gate: LinearHead & { readonly squash: Squash };
  readonly category: LinearHead & {
    /** One table of 2^bits per category, one after the other. */
    readonly bits: number;
    readonly bias: Quantised;
    /** Raw values times this are log-odds. */
    readonly sharpness: number;
  };
};

/** The raw value that stands for one half, and how far from it the odds grow e-fold. */
export type Squash = { readonly middle: number; readonly width: number };

/** How much the words of a question count together, whatever their number. */
export const wordsWeight = 3;
/** Questions with given answers are told less by their words. */
const wordsWeightWithOptions = 1.5;
/** Features beyond this many spreads are outliers, not more of the same. */
const spreadsMax = 2.5;
/** A request names its kind of work early; parts of later words are mostly material. */
export const partTokensMax = 160;

/** A text as the model reads it; the same for training and for production. */
export type ScorerFeatures = {
  readonly difficultyPlaces: readonly number[];
  readonly difficultyValue: number;
  readonly categoryPlaces: readonly number[];
  readonly categoryValue: number;
  readonly shape: Float64Array;
};

/** Hashed words and the shape of a text; `bits` are the sizes of the two tables. */
export function scorerFeatures(
  tokens: readonly Token[],
  shape: Shape,
  bits: { readonly difficulty: number; readonly category: number },
): ScorerFeatures {
  const { offersOptions } = shape;
  const difficulty = new PlaceSet(bits.difficulty);
  addWords(difficulty, tokens, offersOptions);
  const category = new PlaceSet(bits.category);
  const opening = tokens.slice(0, partTokensMax);
  addWords(category, opening, false);
  addParts(category, opening);
  addOpening(category, tokens);
  const weight = offersOptions ? wordsWeightWithOptions : wordsWeight;
  return {
    difficultyPlaces: difficulty.places,
    difficultyValue: weight / Math.sqrt(Math.max(1, difficulty.places.length)),
    categoryPlaces: category.places,
    categoryValue: wordsWeight / Math.sqrt(Math.max(1, category.places.length)),
    shape: shape.features,
  };
}

const valueAt = ({ values, step }: Quantised, place: number) => (values[place] ?? 0) * step;

function sumAt({ values, step }: Quantised, places: readonly number[], from: number): number {
  let sum = 0;
  for (const place of places) sum += values[from + place] ?? 0;
  return sum * step;
}

/** Shape features in spreads from the mean, cut to ±2.5. */
export function standardised(
  shape: Float64Array,
  mean: (place: number) => number,
  spread: (place: number) => number,
): Float64Array {
  return shape.map((value, place) =>
    Math.max(-spreadsMax, Math.min(spreadsMax, (value - mean(place)) / (spread(place) || 1))),
  );
}

const zOf = (features: ScorerFeatures, { mean, spread }: ShapeStandard) =>
  standardised(
    features.shape,
    (place) => valueAt(mean, place),
    (place) => valueAt(spread, place),
  );

/** The model's answer to a text: difficulty in [0, 1] and the probability of each category. */
export type ScorerAnswer = {
  readonly difficulty: number;
  readonly probabilities: readonly number[];
};

/** Runs the model: sparse sums, linear forms and one quadratic form. Deterministic and pure. */
export function runScorer(features: ScorerFeatures, model: ScorerModel): ScorerAnswer {
  const z = zOf(features, model.standard);
  const probabilities = probabilitiesOf(features, z, model.category);
  const { exam, everyday, gate } = model;
  const raw = (head: LinearHead, shape: Float64Array) =>
    sumAt(head.words, features.difficultyPlaces, 0) * features.difficultyValue +
    linearForm(shape, head.shape, 0);
  const examZ = zOf(features, exam.standard);
  const examRaw = raw(exam, examZ) + quadraticForm(examZ, exam.shapePairs);
  const examDifficulty = squashed(examRaw, exam.squash);
  const gain = probabilities.reduce(
    (sum, probability, at) => sum + probability * valueAt(everyday.categoryGain, at),
    0,
  );
  const everydayDifficulty = squashed(raw(everyday, z) + gain, everyday.squash);
  const examShare = squashed(raw(gate, z), gate.squash);
  return {
    difficulty: examShare * examDifficulty + (1 - examShare) * everydayDifficulty,
    probabilities,
  };
}

const squashed = (raw: number, { middle, width }: Squash) =>
  1 / (1 + Math.exp((middle - raw) / width));

function linearForm(z: Float64Array, { values, step }: Quantised, from: number): number {
  let sum = 0;
  for (let i = 0; i < z.length; i += 1) sum += (z[i] ?? 0) * (values[from + i] ?? 0);
  return sum * step;
}

function quadraticForm(z: Float64Array, { values, step }: Quantised): number {
  let sum = 0;
  let at = 0;
  for (let i = 0; i < z.length; i += 1) {
    let row = 0;
    for (let j = i; j < z.length; j += 1, at += 1) row += (z[j] ?? 0) * (values[at] ?? 0);
    sum += (z[i] ?? 0) * row;
  }
  return sum * step;
}

function probabilitiesOf(
  features: ScorerFeatures,
  z: Float64Array,
  model: ScorerModel["category"],
): readonly number[] {
  const odds = queryCategories.map((_, category) => {
    const words = sumAt(model.words, features.categoryPlaces, category << model.bits);
    const raw = words * features.categoryValue + linearForm(z, model.shape, category * z.length);
    return Math.exp(model.sharpness * (raw + valueAt(model.bias, category)));
  });
  const total = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / total);
}
