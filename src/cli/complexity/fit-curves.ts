import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import { fitPoints } from "@/cli/bench-month-curves.ts";
import type { OutcomeRow } from "@/cli/bench-month-outcomes.ts";
import type { HeldOutScore } from "./held-out-scores.ts";
import { neverRising } from "./isotonic.ts";

/** Classes of models, worst first, and the measured models that stand for each. */
const CLASSES = [
  {
    curve: "small",
    models: ["Meta-Llama-3.1-8B-Instruct", "gpt-3.5-turbo-0125", "Mixtral-8x7B-Instruct-v0.1"],
    easy: 0.93,
    hard: 0.42,
  },
  {
    curve: "economy",
    models: ["gpt-4o-mini-2024-07-18", "gemini-1.5-flash-002"],
    easy: 0.95,
    hard: 0.6,
  },
  {
    curve: "standard",
    models: ["gpt-4o-2024-08-06", "gemini-1.5-pro-002"],
    easy: 0.965,
    hard: 0.74,
  },
  {
    curve: "premium",
    models: ["claude-3-5-sonnet-20241022"],
    easy: 0.97,
    hard: 0.82,
  },
] as const;

/** Benches several classes answered; the others would compare questions, not models. */
const BENCHES = new Set(["mmlu_pro", "zeroeval_gsm", "zeroeval_crux", "zeroeval_math-l5"]);

const POINTS = 11;

export type FittedCurves = Readonly<
  Record<string, Readonly<Record<QueryCategory, readonly number[]>>>
>;

/**
 * Expected quality by difficulty and category for each class of models: smoothed means of the
 * outcomes at held-out scores, never rising with difficulty, drawn towards a straight line where a
 * category has few outcomes, and never below the class before.
 */
export function fitCurves(
  rows: readonly OutcomeRow[],
  scores: ReadonlyMap<string, HeldOutScore>,
): FittedCurves {
  const used = rows.filter((row) => BENCHES.has(row.bench));
  let below: Readonly<Record<string, readonly number[]>> = {};
  const curves: Record<string, Record<QueryCategory, readonly number[]>> = {};
  for (const { curve, models, easy, hard } of CLASSES) {
    const line = Array.from(
      { length: POINTS },
      (_, at) => easy + ((hard - easy) * at) / (POINTS - 1),
    );
    const samples = used.flatMap((row) => {
      const scored = scores.get(row.id);
      const known = models.flatMap((model) => row.outcomes[model] ?? []);
      if (scored === undefined || known.length === 0) return [];
      return [{ ...scored, quality: known.reduce((sum, value) => sum + value, 0) / known.length }];
    });
    const of = (category: QueryCategory) => {
      const ofCategory = samples.filter((sample) => sample.category === category);
      const floor = below[category] ?? [];
      return neverRising(fitPoints(ofCategory, line), massOf(ofCategory)).map((value, at) =>
        Number(Math.max(value, floor[at] ?? 0).toFixed(3)),
      );
    };
    const fitted: Record<QueryCategory, readonly number[]> = {
      chat: of("chat"),
      question: of("question"),
      writing: of("writing"),
      translation: of("translation"),
      code: of("code"),
      maths: of("maths"),
      analysis: of("analysis"),
      image: of("image"),
    };
    curves[curve] = fitted;
    below = fitted;
  }
  return curves;
}

/** How many questions lie at each point, and a few more so that no point weighs nothing. */
function massOf(samples: readonly { readonly score: number }[]): readonly number[] {
  const mass = Array.from({ length: POINTS }, () => 5);
  for (const { score } of samples) {
    const at = Math.round(score * (POINTS - 1));
    mass[at] = (mass[at] ?? 0) + 1;
  }
  return mass;
}

/** The curves as the file the seeded policy reads, one category a line. */
export function encodeCurves(curves: FittedCurves): string {
  const classes = Object.entries(curves).map(([name, byCategory]) => {
    const lines = queryCategories.map(
      (category) => `    "${category}": [${byCategory[category].join(", ")}]`,
    );
    return `  "${name}": {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${classes.join(",\n")}\n}\n`;
}
