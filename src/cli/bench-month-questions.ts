import { foldOf } from "./bench-month-curves.ts";
import { BENCH_PAIRS, type OutcomeRow } from "./bench-month-outcomes.ts";
import type { Scored } from "./bench-month-scores.ts";
import { seededRandom } from "./complexity/routing-figures.ts";

/** What became of a question at one model: right (0 to 1), and the length of its answer. */
export type Outcome = { readonly right: number; readonly outputTokens: number };

/** A question as the simulation asks it. */
export type BenchQuestion = {
  readonly id: string;
  readonly bench: string;
  readonly fold: string;
  readonly scored: Scored;
  readonly heuristic: Scored;
  readonly inputTokens: number;
  readonly strong: Outcome;
  readonly weak: Outcome;
};

/** Tokens of conversation around every question (the data's README). */
const CONTEXT_TOKENS = 300;

/**
 * Length of an answer where the source kept none, the same for every policy compared: MMLU as long
 * as the answers of the one model with real lengths on the like of it (MMLU-Pro, 75 tokens), the
 * mixed set as the middle of the benches with real ones; MMLU-Pro's weak model stored a letter only;
 * the weak model's shorter by the ratio measured on gsm8k (76 against 105 tokens).
 */
const DOCUMENTED_TOKENS: Readonly<
  Record<string, { readonly strong?: number; readonly weak: number }>
> = {
  mmlu: { strong: 75, weak: 54 },
  mmlu_pro: { weak: 54 },
  dcrouter: { strong: 200, weak: 145 },
};

/** Turns rows into questions; rows without both models' outcomes are left out. */
export function questionsOf(
  rows: readonly OutcomeRow[],
  views: {
    readonly engine: ReadonlyMap<string, Scored>;
    readonly heuristic: ReadonlyMap<string, Scored>;
  },
): readonly BenchQuestion[] {
  return rows.flatMap((row) => {
    const pair = BENCH_PAIRS[row.bench];
    const scored = views.engine.get(row.id);
    const heuristic = views.heuristic.get(row.id);
    if (pair === undefined || scored === undefined || heuristic === undefined) return [];
    const strong = outcomeAt(row, pair.strong, "strong");
    const weak = outcomeAt(row, pair.weak, "weak");
    if (strong === null || weak === null) return [];
    const inputTokens = CONTEXT_TOKENS + Math.ceil(row.prompt.length / 4);
    return [
      {
        id: row.id,
        bench: row.bench,
        fold: foldOf(row),
        scored,
        heuristic,
        inputTokens,
        strong,
        weak,
      },
    ];
  });
}

function outcomeAt(row: OutcomeRow, model: string, role: "strong" | "weak"): Outcome | null {
  const right = row.outcomes[model];
  const outputTokens = DOCUMENTED_TOKENS[row.bench]?.[role] ?? row.tokens?.[model]?.[1];
  return right === undefined || outputTokens === undefined ? null : { right, outputTokens };
}

/** Even numbers in [0, 1) from a seed, far apart for neighbouring seeds: a month can be lived again. */
export function dice(seed: number): () => number {
  return seededRandom(Math.imul(seed, 0x9e3779b1));
}

/** `count` different questions in random order. @throws Error when there are too few. */
export function draw<T>(from: readonly T[], count: number, roll: () => number): readonly T[] {
  if (count > from.length) throw new Error(`${count} questions asked of ${from.length}`);
  const left = [...from];
  for (let index = left.length - 1; index > 0; index -= 1) {
    const other = Math.floor(roll() * (index + 1));
    const [a, b] = [left[index], left[other]];
    if (a === undefined || b === undefined) continue;
    left[index] = b;
    left[other] = a;
  }
  return left.slice(0, count);
}
