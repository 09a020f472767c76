import { costOf } from "./bench-month-costs.ts";
import type { Month, MonthResult } from "./bench-month-policies.ts";

/** One month and what every policy made of it. */
export type Lived = { readonly month: Month; readonly results: ReadonlyMap<string, MonthResult> };

/** Mean and half the width of its 95 % interval, over seeds. */
export type Estimate = { readonly mean: number; readonly halfWidth: number };

/** Student's t at 97.5 % for few seeds, the normal's from 30 on. */
export function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, halfWidth: Infinity };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const t = 1.96 + 2.4 / (count - 1) + 3 / (count - 1) ** 2;
  return { mean, halfWidth: t * Math.sqrt(variance / count) };
}

export const rightPercent = (month: Month, result: MonthResult) =>
  (100 * result.right) / month.questions.length;

export const usedPercent = (month: Month, result: MonthResult) =>
  (100 * Number(result.spentMicroVnd)) / Number(month.budgetMicroVnd);

/**
 * By how much an answered question is cheaper than in the random mix that gets as many right, in
 * percent; null where the result lies outside what a mix of the two models can reach.
 */
export function costCut(month: Month, result: MonthResult): number | null {
  let [strongRight, weakRight, strongCost, weakCost] = [0, 0, 0, 0];
  for (const { question } of month.questions) {
    strongRight += question.strong.right;
    weakRight += question.weak.right;
    strongCost += Number(costOf(question, "strong"));
    weakCost += Number(costOf(question, "weak"));
  }
  const share = (result.right - weakRight) / (strongRight - weakRight);
  if (!(share > 0 && share <= 1) || result.answered === 0) return null;
  const mixCost = (weakCost + share * (strongCost - weakCost)) / month.questions.length;
  return 100 * (1 - Number(result.spentMicroVnd) / result.answered / mixCost);
}

export function cell({ mean, halfWidth }: Estimate): string {
  return `${mean.toFixed(1)} ± ${halfWidth.toFixed(1)}`;
}

const COLUMNS = [
  "right, %",
  "over random, points",
  "used, %",
  "strong, %",
  "unanswered",
  "below weak",
  "cost cut, %",
] as const;

/**
 * A table of one setting, Markdown: right answers, points over the random mix in the same month,
 * budget used, strong answers, months with an unanswered question, months worse than always weak,
 * and the cut in cost per answered question at equal quality.
 */
export function tableOf(title: string, lived: readonly Lived[]): string {
  const names = [...(lived[0]?.results.keys() ?? [])];
  const lines = names.map((name) => `| ${name} | ${rowOf(name, lived).join(" | ")} |`);
  const head = `| policy | ${COLUMNS.join(" | ")} |\n|${" --- |".repeat(COLUMNS.length + 1)}`;
  return `### ${title} (${lived.length} seeds)\n\n${head}\n${lines.join("\n")}\n`;
}

function rowOf(name: string, lived: readonly Lived[]): readonly string[] {
  const months = lived.flatMap(({ month, results }) => {
    const result = results.get(name);
    const random = results.get("random mix");
    const weak = results.get("always weak");
    if (result === undefined || random === undefined || weak === undefined) return [];
    return [{ month, result, random, weak }];
  });
  const over = months.map(
    ({ month, result, random }) => rightPercent(month, result) - rightPercent(month, random),
  );
  const cuts = months
    .map(({ month, result }) => costCut(month, result))
    .filter((cut) => cut !== null);
  const unanswered = months.map(({ month, result }) => month.questions.length - result.answered);
  const below = months.filter(({ result, weak }) => result.right < weak.right - 1e-9);
  return [
    cell(estimate(months.map(({ month, result }) => rightPercent(month, result)))),
    cell(estimate(over)),
    cell(estimate(months.map(({ month, result }) => usedPercent(month, result)))),
    cell(
      estimate(months.map(({ result }) => (100 * result.strong) / Math.max(1, result.answered))),
    ),
    estimate(unanswered).mean.toFixed(1),
    `${below.length}`,
    cuts.length < months.length ? "–" : cell(estimate(cuts)),
  ];
}
