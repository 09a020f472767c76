import { marketPolicy } from "@drizzle/seed-policy.ts";
import { stripDiacritics } from "@/domain/complexity/read-text.ts";
import { scoreQuery, type ComplexityScore } from "@/domain/complexity/score-query.ts";
import { complexityModel } from "@/server/complexity-model.ts";
import { bootstrapIntervals, spearman, type Interval } from "./complexity/routing-figures.ts";
import {
  parallelFolder,
  readParallelSet,
  type ParallelQuestion,
} from "./complexity/training-rows.ts";

const DRAWS = 1_000;
const LEVELS = ["simple", "medium", "complex"] as const;

type Judged = {
  readonly question: ParallelQuestion;
  readonly en: ComplexityScore;
  readonly vi: ComplexityScore;
  readonly plain: ComplexityScore;
};

function judge(question: ParallelQuestion): Judged {
  const score = (text: string) =>
    scoreQuery(
      { text, contextTurns: 0, previous: null },
      { model: complexityModel(), cutPoints: marketPolicy.cutPoints },
    );
  const { en, vi } = question;
  return { question, en: score(en), vi: score(vi), plain: score(stripDiacritics(vi)) };
}

const spellings = ["en", "vi", "plain"] as const;
type Spelling = (typeof spellings)[number];

/** Mean over the three levels of the rank correlation of score and length within the level. */
function lengthWithinLevel(judged: readonly Judged[], spelling: "en" | "vi"): number {
  const correlations = LEVELS.map((level) => {
    const ofLevel = judged.filter(({ question }) => question.level === level);
    return spearman(
      ofLevel.map((row) => row[spelling].score),
      ofLevel.map((row) => row.question[spelling].length),
    );
  });
  return correlations.reduce((sum, value) => sum + value, 0) / LEVELS.length;
}

const share = (part: number, of: number) => (of === 0 ? Number.NaN : part / of);

function categoryFigures(judged: readonly Judged[], spelling: Spelling): readonly number[] {
  const isImage = (row: Judged) => row.question.category === "image";
  const saidImage = (row: Judged) => row[spelling].category === "image";
  const count = (test: (row: Judged) => boolean) => judged.filter(test).length;
  const right = count((row) => row[spelling].category === row.question.category);
  const found = count((row) => isImage(row) && saidImage(row));
  const lookAlikes = judged.filter((row) => row.question.lookalike === true || isImage(row));
  const said = lookAlikes.filter(saidImage).length;
  return [
    share(right, judged.length),
    share(found, count(isImage)),
    share(found, count(saidImage)),
    share(found, said),
  ];
}

function figures(judged: readonly Judged[]): readonly number[] {
  const scores = (spelling: Spelling) => judged.map((row) => row[spelling].score);
  const levels = judged.map(({ question }) => LEVELS.indexOf(question.level));
  return [
    spearman(scores("en"), scores("vi")),
    spearman(scores("vi"), scores("plain")),
    spearman(scores("en"), levels),
    spearman(scores("vi"), levels),
    lengthWithinLevel(judged, "en"),
    lengthWithinLevel(judged, "vi"),
    ...spellings.flatMap((spelling) => categoryFigures(judged, spelling)),
  ];
}

const NAMES = [
  "Spearman en–vi (at least 0.85)",
  "Spearman vi–vi without diacritics (at least 0.95)",
  "Spearman score–level, en",
  "Spearman score–level, vi",
  "Spearman score–length within a level, en (under 0.3)",
  "Spearman score–length within a level, vi (under 0.3)",
  ...["en", "vi", "vi without diacritics"].flatMap((name) => [
    `category accuracy, ${name} (aim 0.95)`,
    `image wish recall, ${name} (aim 0.97)`,
    `image wish precision among all, ${name} (aim 0.97)`,
    `image wish precision among wishes and look-alikes, ${name} (aim 0.97)`,
  ]),
];

const shown = ({ value, low, high }: Interval) =>
  `${value.toFixed(3)}  [${low.toFixed(3)}, ${high.toFixed(3)}]`;

const judged = readParallelSet(parallelFolder)
  .filter((row) => row.isHeldOut)
  .map(judge);
const wishes = judged.filter(({ question }) => question.category === "image").length;
const lookAlikes = judged.filter(({ question }) => question.lookalike === true).length;
process.stdout.write(
  `Scorer ${complexityModel().version}; ${judged.length} questions kept out of training, each in three ` +
    `spellings; ${wishes} image wishes, ${lookAlikes} look-alikes. 95 % intervals by bootstrap.\n\n`,
);
const intervals = bootstrapIntervals(
  judged.length,
  (places) => figures([...places].flatMap((place) => judged[place] ?? [])),
  DRAWS,
);
intervals.forEach((interval, at) => {
  process.stdout.write(`${(NAMES[at] ?? "").padEnd(74)} ${shown(interval)}\n`);
});
