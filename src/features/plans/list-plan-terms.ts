import { periodLimitMicroVnd, planMarginMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { MICRO_PER_VND } from "@/domain/money/vnd.ts";
import type { StaffCtx } from "@/server/staff.ts";
import { billingOf } from "./billing-of.ts";
import type { PlanTermsView } from "./schema.ts";
import { countSubscribers, listAllPlans, type Plan } from "./store.ts";

type Subscribers = Awaited<ReturnType<typeof countSubscribers>>;

/** Every plan with its price, ratio, margin and how many organisations are on it now. */
export async function listPlanTerms(ctx: StaffCtx): Promise<PlanTermsView[]> {
  const [plans, subscribers] = await Promise.all([listAllPlans(ctx.db), countSubscribers(ctx.db)]);
  return plans.map((plan) => planTermsOf(plan, subscribers));
}

/** A plan as finance sees it. The margin is that of one payment: a month's, or a year's. */
export function planTermsOf(plan: Plan, subscribers: Subscribers): PlanTermsView {
  const terms = { ...plan, billing: billingOf(plan) };
  const marginMicroVnd = planMarginMicroVnd(terms);
  return {
    planId: plan.id,
    tier: plan.tier,
    billing: terms.billing,
    enabled: plan.enabled,
    priceMicroVnd: plan.priceMicroVnd.toString(),
    budgetRatioBp: plan.budgetRatioBp,
    cycleLimitMicroVnd: periodLimitMicroVnd(terms).toString(),
    marginMicroVnd: marginMicroVnd.toString(),
    // What is left of rounding a yearly price to its months is no margin.
    isMarginPositive: marginMicroVnd >= MICRO_PER_VND,
    subscribers: terms.billing === "none" ? subscribers.free : (subscribers.paid.get(plan.id) ?? 0),
  };
}
