import { costOf } from "./bench-month-costs.ts";
import type { Role } from "./bench-month-curves.ts";
import type { BenchQuestion } from "./bench-month-questions.ts";

/** A month to live through: who asks what and when, and the money there is. */
export type Month = {
  readonly questions: readonly { readonly question: BenchQuestion; readonly atMs: number }[];
  readonly budgetMicroVnd: bigint;
};

/** What a policy made of a month; an unanswered question is not right. */
export type MonthResult = {
  readonly right: number;
  readonly answered: number;
  readonly strong: number;
  readonly spentMicroVnd: bigint;
};

/**
 * Asks the wished model while its answer fits what is left, else (unless `isStubborn`) the weak
 * one.
 */
function live(
  month: Month,
  wish: (question: BenchQuestion) => Role,
  isStubborn = false,
): MonthResult {
  let left = month.budgetMicroVnd;
  let [right, answered, strong] = [0, 0, 0];
  for (const { question } of month.questions) {
    const wished = wish(question);
    const role = costOf(question, wished) <= left || isStubborn ? wished : "weak";
    const cost = costOf(question, role);
    if (cost > left) continue;
    left -= cost;
    answered += 1;
    right += question[role].right;
    if (role === "strong") strong += 1;
  }
  return { right, answered, strong, spentMicroVnd: month.budgetMicroVnd - left };
}

export const alwaysStrong = (month: Month): MonthResult => live(month, () => "strong", true);

export const alwaysWeak = (month: Month): MonthResult => live(month, () => "weak");

/** The share of strong answers at which a month of this length spends its budget. */
export function strongShareFor(month: Month): number {
  let [strong, weak] = [0, 0];
  for (const { question } of month.questions) {
    strong += Number(costOf(question, "strong"));
    weak += Number(costOf(question, "weak"));
  }
  const share = (Number(month.budgetMicroVnd) - weak) / Math.max(1, strong - weak);
  return Math.min(1, Math.max(0, share));
}

/**
 * Its expected result, unanswered questions aside: every question strong with the same probability,
 * sized to the budget by one who knows how many questions will come.
 */
export function randomMix(month: Month): MonthResult {
  const share = strongShareFor(month);
  const weak = alwaysWeak(month);
  if (share === 0) return weak;
  let [right, spent] = [0, 0];
  for (const { question } of month.questions) {
    right += share * question.strong.right + (1 - share) * question.weak.right;
    spent +=
      share * Number(costOf(question, "strong")) + (1 - share) * Number(costOf(question, "weak"));
  }
  const answered = month.questions.length;
  return { right, answered, strong: share * answered, spentMicroVnd: BigInt(Math.round(spent)) };
}

/** Strong from the score on that the budget affords in a month of normal traffic, known before. */
export function fixedThreshold(month: Month, forecast: Month): MonthResult {
  const share = strongShareFor(forecast);
  const scores = forecast.questions
    .map(({ question }) => question.scored.score)
    .sort((a, b) => b - a);
  const threshold = share === 0 ? Infinity : (scores[Math.ceil(share * scores.length) - 1] ?? 0);
  return live(month, ({ scored }) => (scored.score >= threshold ? "strong" : "weak"));
}

/**
 * Knows every outcome and length: buys what brings most per đồng, while the money lasts; nothing
 * that brings nothing.
 */
export const oracle = (month: Month): MonthResult =>
  buyBest(month, (question) => (question.strong.right - question.weak.right) / extraCost(question));

const extraCost = (question: BenchQuestion) =>
  Number(costOf(question, "strong") - costOf(question, "weak"));

/**
 * What pacing alone could still win: knows which questions will come and how long answers are on
 * average, but of each question only what the engine sees.
 * @param gainOf expected quality of the strong answer less that of the weak one.
 */
export function knownMonth(month: Month, gainOf: (question: BenchQuestion) => number): MonthResult {
  const meanTokens = (role: Role) =>
    month.questions.reduce((sum, { question }) => sum + question[role].outputTokens, 0) /
    Math.max(1, month.questions.length);
  const [strongTokens, weakTokens] = [
    Math.round(meanTokens("strong")),
    Math.round(meanTokens("weak")),
  ];
  return buyBest(month, (question) => {
    const strong = { ...question.strong, outputTokens: strongTokens };
    const weak = { ...question.weak, outputTokens: weakTokens };
    return gainOf(question) / extraCost({ ...question, strong, weak });
  });
}

/** Answers by the weak model, and what is worth most above 0 by the strong one, while it lasts. */
function buyBest(month: Month, worthOf: (question: BenchQuestion) => number): MonthResult {
  const weak = alwaysWeak(month);
  if (weak.answered < month.questions.length) return weak;
  let left = month.budgetMicroVnd - weak.spentMicroVnd;
  let [right, strong] = [weak.right, 0];
  const steps = month.questions
    .map(({ question }) => ({
      question,
      worth: worthOf(question),
      cost: costOf(question, "strong") - costOf(question, "weak"),
    }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth);
  for (const { question, cost } of steps) {
    if (cost > left) continue;
    left -= cost;
    right += question.strong.right - question.weak.right;
    strong += 1;
  }
  const answered = month.questions.length;
  return { right, answered, strong, spentMicroVnd: month.budgetMicroVnd - left };
}
