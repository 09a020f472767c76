import { parseArgs } from "node:util";
import { costOf } from "./bench-month-costs.ts";
import { BENCH_PAIRS, readOutcomes, type OutcomeRow } from "./bench-month-outcomes.ts";
import { questionsOf, type BenchQuestion } from "./bench-month-questions.ts";
import { engineScores, heuristicScores } from "./bench-month-scores.ts";
import {
  bootstrapIntervals,
  routingFigures,
  seededRandom,
  type Interval,
  type Outcome,
  type RoutingFigures,
} from "./complexity/routing-figures.ts";

const DRAWS = 300;
const sampleFolder = "tests/fixtures/routing-sample";

const FIGURES = [
  "apgr",
  "cpt50",
  "cpt80",
  "costAt95",
] as const satisfies readonly (keyof RoutingFigures)[];
const HEADINGS = ["APGR", "CPT(50 %)", "CPT(80 %)", "cost at 95 %"];

type Scorer = (question: BenchQuestion) => number;

const random = new Map<string, number>();
const dice = seededRandom(7);

const SCORERS: Readonly<Record<string, Scorer>> = {
  random: ({ id }) => {
    const value = random.get(id) ?? dice();
    random.set(id, value);
    return value;
  },
  "old heuristic": ({ heuristic }) => heuristic.score,
  scorer: ({ scored }) => scored.score,
  oracle: ({ strong, weak }) => strong.right - weak.right,
};

function outcomeOf(question: BenchQuestion): Outcome {
  return {
    strong: question.strong.right,
    weak: question.weak.right,
    strongCost: Number(costOf(question, "strong")),
    weakCost: Number(costOf(question, "weak")),
  };
}

function figuresOf(questions: readonly BenchQuestion[], scorer: Scorer): readonly Interval[] {
  const outcomes = questions.map(outcomeOf);
  const scores = Float64Array.from(questions, scorer);
  return bootstrapIntervals(
    questions.length,
    (places) => {
      const drawn = [...places].flatMap((place) => outcomes[place] ?? []);
      const figures = routingFigures(
        drawn,
        Float64Array.from(places, (at) => scores[at] ?? 0),
      );
      return FIGURES.map((figure) => figures[figure]);
    },
    DRAWS,
  );
}

const shown = ({ value, low, high }: Interval) =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

function hasBothModels({ bench, outcomes }: OutcomeRow): boolean {
  const pair = BENCH_PAIRS[bench];
  return pair !== undefined && pair.strong in outcomes && pair.weak in outcomes;
}

/**
 * Prints, per bench, how well each way of scoring sends questions to the strong model. Every
 * question is scored by a scorer trained without its group.
 */
function main(): void {
  const { values } = parseArgs({ options: { data: { type: "string", default: sampleFolder } } });
  const rows = readOutcomes(values.data).filter(hasBothModels);
  if (values.data === sampleFolder) {
    process.stdout.write(
      "Data: the sample in the repository, a twelfth of the outcomes. The scorer is trained on it alone, so it is " +
        "weaker than the shipped one, and the intervals are wide. Full figures: docs/complexity-model.md.\n\n",
    );
  }
  const views = { engine: engineScores(rows), heuristic: heuristicScores(rows) };
  const questions = questionsOf(rows, views);
  const apgrs = new Map<string, number[]>();
  process.stdout.write(`| bench | questions | scored by | ${HEADINGS.join(" | ")} |\n`);
  process.stdout.write(`| --- | --- | --- | ${HEADINGS.map(() => "---").join(" | ")} |\n`);
  for (const bench of new Set(questions.map((question) => question.bench))) {
    const ofBench = questions.filter((question) => question.bench === bench);
    for (const [name, scorer] of Object.entries(SCORERS)) {
      const figures = figuresOf(ofBench, scorer);
      apgrs.set(name, [...(apgrs.get(name) ?? []), figures[0]?.value ?? 0]);
      process.stdout.write(
        `| ${bench} | ${ofBench.length} | ${name} | ${figures.map(shown).join(" | ")} |\n`,
      );
    }
  }
  process.stdout.write("\nMacro APGR (plain mean over the benches):\n");
  for (const [name, values] of apgrs) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    process.stdout.write(`  ${name.padEnd(14)} ${mean.toFixed(4)}\n`);
  }
}

main();
