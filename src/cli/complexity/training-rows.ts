import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { findTerms } from "@/domain/complexity/find-terms.ts";
import { readText } from "@/domain/complexity/read-text.ts";
import { scorerFeatures, type ScorerFeatures } from "@/domain/complexity/scorer-model.ts";
import { shapeOf } from "@/domain/complexity/shape.ts";
import { tokensOf } from "@/domain/complexity/tokens.ts";
import { BENCH_PAIRS, type OutcomeRow } from "@/cli/bench-month-outcomes.ts";

/** Where the labelled questions are kept, from the repository's root. */
export const parallelFolder = "tests/fixtures/parallel-questions";

/** Sizes of the two weight tables: 2^bits places. */
export const tableBits = { difficulty: 15, category: 15 } as const;

const LEVELS = ["simple", "medium", "complex"] as const;

const parallelRow = z.object({
  id: z.string(),
  level: z.enum(LEVELS),
  category: z.enum(queryCategories),
  en: z.string(),
  vi: z.string(),
  casual: z.string().optional(),
  lookalike: z.boolean().optional(),
});

/** One question of the parallel set in its spellings. */
export type ParallelQuestion = z.infer<typeof parallelRow> & {
  /** 40 % of the questions, by hash of the id: never trained or calibrated on. */
  readonly isHeldOut: boolean;
};

/** FNV-1a: the same choice on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

function readQuestions(folder: string) {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .sort()
    .flatMap((file) => readFileSync(path.join(folder, file), "utf8").trim().split("\n"))
    .map((line) => parallelRow.parse(JSON.parse(line)));
}

/**
 * Reads `tests/fixtures/parallel-questions`: the set itself, 40 % of it held out, and in `training/`
 * more questions that are only learned from.
 */
export function readParallelSet(folder: string): readonly ParallelQuestion[] {
  return [
    ...readQuestions(folder).map((row) => ({
      ...row,
      isHeldOut: hashOf(`held-out:${row.id}`) % 10 < 4,
    })),
    ...readQuestions(path.join(folder, "training")).map((row) => ({ ...row, isHeldOut: false })),
  ];
}

/** A text as the scorer reads it in training and in production. */
export function featuresOf(text: string): ScorerFeatures {
  const read = readText(text);
  const tokens = tokensOf(read.plain);
  const shape = shapeOf(read, tokens, findTerms(read.plainWords, true));
  return scorerFeatures(tokens, shape, tableBits);
}

/** A text, what is to be learned from it, and whom it may be learned with. */
export type TrainingRow = {
  readonly id: string;
  readonly features: ScorerFeatures;
  /** Of outcomes: how much a stronger model is worth. Of labelled questions: their level, 0 to 1. */
  readonly target: number;
  readonly bench: string;
  /** Rows of one group share an intercept: what separates groups is not difficulty. */
  readonly group: string;
  /** The beginning of the text: equal keys are one question in two collections. */
  readonly key: string;
  readonly category: QueryCategory | null;
  readonly weight: number;
};

const KEY_LENGTH = 70;

/** The beginning of a text: equal keys are one question in two collections. */
export const keyOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim()
    .slice(0, KEY_LENGTH);

/** The models of a bench from its worst to its best by mean score. */
function modelsByScore(rows: readonly OutcomeRow[]): readonly string[] {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const row of rows) {
    for (const [model, score] of Object.entries(row.outcomes)) {
      const known = sums.get(model) ?? { sum: 0, count: 0 };
      sums.set(model, { sum: known.sum + score, count: known.count + 1 });
    }
  }
  const mean = (model: string) => {
    const { sum, count } = sums.get(model) ?? { sum: 0, count: 1 };
    return sum / count;
  };
  return [...sums.keys()].sort((a, b) => mean(a) - mean(b));
}

/**
 * What one question says of the worth of a stronger model: the better half of the models less the
 * worse half; for dcrouter, a mix of many kinds of work, half of it the pair alone.
 */
function gainOf(row: OutcomeRow, models: readonly string[]): number {
  const present = models.filter((model) => row.outcomes[model] !== undefined);
  const half = Math.max(1, Math.floor(present.length / 2));
  const mean = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (row.outcomes[name] ?? 0), 0) / names.length;
  const all = mean(present.slice(-half)) - mean(present.slice(0, half));
  const pair = BENCH_PAIRS[row.bench];
  if (row.bench !== "dcrouter" || pair === undefined) return all;
  return (all + (row.outcomes[pair.strong] ?? 0) - (row.outcomes[pair.weak] ?? 0)) / 2;
}

/** Outcomes as training rows. */
export function outcomeRows(rows: readonly OutcomeRow[]): readonly TrainingRow[] {
  return Object.keys(BENCH_PAIRS).flatMap((bench) => {
    const ofBench = rows.filter((row) => row.bench === bench);
    const models = modelsByScore(ofBench);
    return ofBench.map((row) => ({
      id: row.id,
      features: featuresOf(row.prompt),
      target: gainOf(row, models),
      bench,
      group: `${bench}/${row.subject}`,
      key: keyOf(row.prompt),
      category: null,
      weight: 1,
    }));
  });
}

/** The questions of the parallel set that may be learned from, each spelling a row. */
export function parallelRows(questions: readonly ParallelQuestion[]): readonly TrainingRow[] {
  return questions
    .filter((question) => !question.isHeldOut)
    .flatMap((question) =>
      [question.en, question.vi, question.casual]
        .filter((text) => text !== undefined)
        .map((text) => ({
          id: question.id,
          features: featuresOf(text),
          target: LEVELS.indexOf(question.level) / 2,
          bench: "parallel",
          group: "parallel",
          key: "",
          category: question.category,
          weight: 1,
        })),
    );
}
