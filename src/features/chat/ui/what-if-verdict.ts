import type { CostBreakdown, CostBreakdownInput } from "../schema.ts";

export type PlanBreakdown = CostBreakdown["plans"][number];

const DAYS_PER_MONTH = 30;

/** What stands against a plan for such a month: the hardest wall first. */
export type PlanVerdict = "fits" | "no_model" | "over_budget" | "too_many_messages";

export function planVerdict(plan: PlanBreakdown, questions: CostBreakdownInput): PlanVerdict {
  const isUnanswered = plan.lines.some((line) => line.questions > 0 && line.modelId === null);
  if (isUnanswered) return "no_model";
  if (!plan.fitsBudget) return "over_budget";
  const count = questions.simple + questions.medium + questions.complex;
  const { messagesDailyMax } = plan;
  if (messagesDailyMax !== null && count > messagesDailyMax * DAYS_PER_MONTH)
    return "too_many_messages";
  return "fits";
}
