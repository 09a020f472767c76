import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import type { Quantised, ScorerModel, ShapeStandard } from "@/domain/complexity/scorer-model.ts";
import { trainCategories, type CategoryTables } from "./category-tables.ts";
import { pairScale, trainExam } from "./exam-judge.ts";
import { trainHead } from "./linear-head.ts";
import type { RidgeWeights } from "./ridge.ts";
import { standardOf, type Standard } from "./shape-standard.ts";
import { tableBits, type TrainingRow } from "./training-rows.ts";

const EVERYDAY_PENALTY = 30;
const GATE_PENALTY = 10;

/**
 * Hand-set: the raw value of a question of middling difficulty, and the width of its surroundings.
 * The gate's middle lies between the two kinds of training text, nearer to the everyday ones.
 */
const EXAM_SQUASH = { middle: 0, width: 0.12 };
const EVERYDAY_SQUASH = { middle: 0, width: 0.15 };
const GATE_SQUASH = { middle: -0.2, width: 0.05 };
const CATEGORY_SHARPNESS = 7;

/**
 * How much more a stronger model is worth by kind of work, against an ordinary question; hand-set
 * from the gaps between weak and strong models of the outcomes and what product.md calls simple.
 */
const GAIN_OF_CATEGORY: Readonly<Record<QueryCategory, number>> = {
  chat: -0.45,
  image: -0.4,
  translation: -0.15,
  question: -0.1,
  writing: 0.05,
  analysis: 0.2,
  maths: 0.35,
  code: 0.35,
};

function quantised(values: Float64Array, kind: "int8" | "int16"): Quantised {
  const highest = kind === "int8" ? 127 : 32_767;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const step = Number((largest / highest).toPrecision(8));
  const rounded = values.map((value) =>
    Math.max(-highest, Math.min(highest, Math.round(value / step))),
  );
  return { values: kind === "int8" ? Int8Array.from(rounded) : Int16Array.from(rounded), step };
}

const quantisedStandard = ({ mean, spread }: Standard): ShapeStandard => ({
  mean: quantised(mean, "int16"),
  spread: quantised(spread, "int16"),
});

/** What is learned once, whatever outcomes are left out. */
export type PreparedTraining = {
  readonly standard: Standard;
  readonly everyday: RidgeWeights;
  readonly categories: CategoryTables;
};

export type TrainingSets = {
  readonly exam: readonly TrainingRow[];
  readonly everyday: readonly TrainingRow[];
};

/** Prepares training: the standard of all shapes and what the labelled questions teach. */
export function prepareTraining(sets: TrainingSets): PreparedTraining {
  const standard = standardOf([...sets.exam, ...sets.everyday]);
  const everyday = trainHead({
    rows: sets.everyday,
    targets: Float64Array.from(sets.everyday, (row) => row.target),
    standard,
    penalty: EVERYDAY_PENALTY,
  });
  return { standard, everyday, categories: trainCategories(sets.everyday, standard) };
}

/** Learns to tell exam texts (1) from everyday ones (-1), both counting alike. */
function trainGate(sets: TrainingSets, standard: Standard): RidgeWeights {
  const share = sets.everyday.length / sets.exam.length;
  const rows = [
    ...sets.exam.map((row) => ({ ...row, weight: share, target: 1 })),
    ...sets.everyday.map((row) => ({ ...row, weight: 1, target: -1 })),
  ];
  return trainHead({
    rows,
    targets: Float64Array.from(rows, (row) => row.target),
    standard,
    penalty: GATE_PENALTY,
  });
}

/**
 * Trains what the outcomes teach and quantises the whole scorer. Deterministic: equal rows give
 * equal weights.
 */
export function trainModel(
  sets: TrainingSets,
  prepared: PreparedTraining,
  version: string,
): ScorerModel {
  const { standard, everyday, categories } = prepared;
  const examStandard = standardOf(sets.exam);
  const exam = trainExam(sets.exam, examStandard);
  const gate = trainGate(sets, standard);
  const shapeSize = standard.mean.length;
  const gains = queryCategories.map((name) => GAIN_OF_CATEGORY[name]);
  return {
    version,
    wordBits: tableBits.difficulty,
    standard: quantisedStandard(standard),
    exam: {
      standard: quantisedStandard(examStandard),
      words: quantised(exam.sparse, "int8"),
      shape: quantised(exam.dense.slice(0, shapeSize), "int16"),
      shapePairs: quantised(
        exam.dense.slice(shapeSize).map((value) => value * pairScale),
        "int16",
      ),
      squash: EXAM_SQUASH,
    },
    everyday: {
      words: quantised(everyday.sparse, "int8"),
      shape: quantised(everyday.dense, "int16"),
      categoryGain: quantised(Float64Array.from(gains), "int16"),
      squash: EVERYDAY_SQUASH,
    },
    gate: {
      words: quantised(gate.sparse, "int8"),
      shape: quantised(gate.dense, "int16"),
      squash: GATE_SQUASH,
    },
    category: {
      bits: tableBits.category,
      words: quantised(categories.words, "int8"),
      shape: quantised(categories.shape, "int16"),
      bias: quantised(categories.bias, "int16"),
      sharpness: CATEGORY_SHARPNESS,
    },
  };
}
