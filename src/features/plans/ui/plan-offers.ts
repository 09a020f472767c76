import type { PlanCardView } from "../schema.ts";

export type Billing = "monthly" | "yearly";

const MONTHS_PER_YEAR = 12n;

/** The cards of one side of the switch; what is free belongs to both. Cheapest first. */
export function plansOf(plans: readonly PlanCardView[], billing: Billing): PlanCardView[] {
  return plans
    .filter((plan) => plan.billing === billing || plan.billing === "none")
    .toSorted((one, other) => Number(BigInt(one.priceMicroVnd) - BigInt(other.priceMicroVnd)));
}

/** What a year in one payment saves against twelve single months, micro-VND; 0 when nothing. */
export function yearlySavingMicroVnd(plan: PlanCardView, plans: readonly PlanCardView[]): bigint {
  if (plan.billing !== "yearly") return 0n;
  const monthly = plans.find(({ tier, billing }) => tier === plan.tier && billing === "monthly");
  if (monthly === undefined) return 0n;
  const saving = BigInt(monthly.priceMicroVnd) * MONTHS_PER_YEAR - BigInt(plan.priceMicroVnd);
  return saving > 0n ? saving : 0n;
}

/** A count that is an average: two figures that mean something, the rest is not known. */
export function roundedAnswers(count: number): number {
  const step = count < 100 ? (count < 20 ? 1 : 5) : 10 ** (String(Math.floor(count)).length - 2);
  return Math.floor(count / step) * step;
}
