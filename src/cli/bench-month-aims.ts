import { alwaysWeak } from "./bench-month-policies.ts";
import {
  cell,
  costCut,
  estimate,
  rightPercent,
  usedPercent,
  type Estimate,
  type Lived,
} from "./bench-month-table.ts";
import type { Traffic } from "./bench-month-traffic.ts";

/** One setting and how its months went. */
export type Cell = {
  readonly set: string;
  readonly budgetShare: number;
  readonly traffic: Traffic["name"];
  readonly lived: readonly Lived[];
};

/** Points over the random mix at a quarter of the budget, by set. */
const POINTS_AIM: Readonly<Record<string, number>> = { "exam mix": 2.5, "mixed-task set": 6.5 };
const POINTS_BUDGET = 0.25;
const COST_CUT_AIM = 15;
const USED_AIM = 90;

const OURS = "our engine";
const KNOWN_MONTH = "our curves, month known";

/** The aims of the bench and whether this run met them, Markdown. */
export function aimsOf(cells: readonly Cell[]): string {
  const lines = [
    ...cells.filter(isHeadline).flatMap(headlineOf),
    doubleTrafficLine(cells),
    ...cells.filter(({ traffic }) => traffic === "half").map(usedLine),
    unansweredLine(cells),
  ];
  return `## Aims\n\n${lines.map((line) => `- ${line}`).join("\n")}\n`;
}

const isHeadline = ({ budgetShare, traffic }: Cell) =>
  budgetShare === POINTS_BUDGET && traffic === "normal";

/** The interval is of the months drawn; that of the questions there are to draw from is wider. */
function headlineOf({ set, lived }: Cell): readonly string[] {
  const aim = POINTS_AIM[set] ?? 0;
  const ours = pointsOver(lived, OURS);
  const known = pointsOver(lived, KNOWN_MONTH);
  const cuts = lived.flatMap(({ month, results }) => {
    const result = results.get(OURS);
    return result === undefined ? [] : (costCut(month, result) ?? []);
  });
  const cut = estimate(cuts);
  return [
    `${set}, 25 %: ${cell(ours)} points over random, aim ${aim}: ${verdict(ours.mean >= aim)} ` +
      `(the same scores and curves with the month known beforehand: ${cell(known)})`,
    `${set}, 25 %: ${cell(cut)} % cheaper per answer at equal quality, aim ${COST_CUT_AIM}: ` +
      verdict(cut.mean >= COST_CUT_AIM),
  ];
}

function pointsOver(lived: readonly Lived[], policy: string): Estimate {
  return estimate(
    lived.flatMap(({ month, results }) => {
      const [result, random] = [results.get(policy), results.get("random mix")];
      if (result === undefined || random === undefined) return [];
      return [rightPercent(month, result) - rightPercent(month, random)];
    }),
  );
}

function doubleTrafficLine(cells: readonly Cell[]): string {
  const months = cells
    .filter(({ traffic }) => traffic === "double")
    .flatMap(({ lived }) => lived)
    .map(({ month, results }) => ({ month, ours: results.get(OURS), weak: alwaysWeak(month) }))
    .filter(({ month, weak }) => weak.answered === month.questions.length);
  const left = months.filter(({ month, ours }) => ours?.answered !== month.questions.length);
  const below = months
    .map(({ ours, weak }) => weak.right - (ours?.right ?? 0))
    .filter((missing) => missing > 1e-9);
  const most = Math.max(0, ...below).toFixed(1);
  return (
    `double traffic, ${months.length} months always-weak fits: ${left.length} with an unanswered ` +
    `question, ${below.length} below always-weak (by ${most} answers at most), aim 0 and 0: ` +
    verdict(left.length + below.length === 0)
  );
}

function usedLine({ set, budgetShare, lived }: Cell): string {
  const months = lived.flatMap(({ month, results }) => {
    const result = results.get(OURS);
    return result === undefined ? [] : [{ month, result }];
  });
  const used = estimate(months.map(({ month, result }) => usedPercent(month, result)));
  const strong = estimate(
    months.map(({ result }) => (100 * result.strong) / Math.max(1, result.answered)),
  );
  const short = months.filter(
    ({ month, result }) =>
      usedPercent(month, result) < USED_AIM && result.strong < month.questions.length,
  );
  const isNearlyAll = strong.mean >= 90;
  const remark = isNearlyAll ? " (nearly all the best: nothing to win over random)" : "";
  return (
    `${set}, half traffic, ${100 * budgetShare} %: ${cell(used)} % used, ${cell(strong)} % strong` +
    `${remark}, ${short.length} months under ${USED_AIM} % without the best for all: ` +
    verdict(short.length === 0)
  );
}

function unansweredLine(cells: readonly Cell[]): string {
  const settings = cells.flatMap(({ set, budgetShare, traffic, lived }) => {
    const left = lived.reduce(
      (sum, { month, results }) =>
        sum + month.questions.length - (results.get(OURS)?.answered ?? 0),
      0,
    );
    return left === 0 ? [] : [`${set} ${100 * budgetShare} % ${traffic} (${left})`];
  });
  const found = settings.length === 0 ? "none" : settings.join(", ");
  return `unanswered questions in any setting: ${found}, aim none: ${verdict(settings.length === 0)}`;
}

const verdict = (isMet: boolean) => (isMet ? "met" : "NOT met");
