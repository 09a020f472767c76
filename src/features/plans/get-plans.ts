import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { planStarts } from "@/domain/entitlement/plan-starts.ts";
import { divFloor } from "@/domain/money/division.ts";
import { previewCarry } from "@/features/budgets/carry-remainder.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import type { Ctx } from "@/server/ctx.ts";
import { answerAverages, type AnswerAverages } from "./answer-averages.ts";
import { billingOf } from "./billing-of.ts";
import { subscriptionViewOf } from "./get-subscription.ts";
import type { PlanCardView, PlansView } from "./schema.ts";
import { listEnabledPlans, type Plan } from "./store.ts";

/**
 * The plans on offer, cheapest first, and what each means for this customer: its budget, about how
 * many answers that buys, when it would start and what would be carried over.
 */
export async function getPlans(ctx: Ctx): Promise<PlansView> {
  const period = await openCurrentPeriod(ctx);
  const [subscription, plans, averages, carryMicroVnd] = await Promise.all([
    subscriptionViewOf(ctx, period),
    listEnabledPlans(ctx.db),
    answerAverages(ctx.db),
    previewCarry(ctx, period),
  ]);
  const { paidUntil } = subscription;
  const instants = { now: ctx.now.toISOString(), period_end: paidUntil ?? ctx.now.toISOString() };
  const starts = planStarts({ isPaid: paidUntil !== null, ...period }).map((start) => ({
    starts: start,
    startsAt: instants[start],
    carryMicroVnd: (start === "now" ? carryMicroVnd : 0n).toString(),
  }));
  const cards = plans.map((plan) => ({
    ...cardOf(plan, averages),
    isCurrent: plan.id === subscription.planId,
    starts: plan.billing === "none" ? [] : starts,
  }));
  const isAnyShown = cards.some(({ answers }) => answers !== null);
  return { subscription, plans: cards, averagesOf: isAnyShown ? averages.answers : 0 };
}

function cardOf(plan: Plan, averages: AnswerAverages): Omit<PlanCardView, "isCurrent" | "starts"> {
  const billing = billingOf(plan);
  const limitMicroVnd = periodLimitMicroVnd({ ...plan, billing });
  return {
    planId: plan.id,
    tier: plan.tier,
    billing,
    priceMicroVnd: plan.priceMicroVnd.toString(),
    cycleLimitMicroVnd: limitMicroVnd.toString(),
    modelTiers: plan.modelTiers,
    messagesDailyMax: plan.messagesDailyMax,
    outputTokensMax: plan.outputTokensMax,
    answers: answersFor(limitMicroVnd, averages),
  };
}

function answersFor(limitMicroVnd: bigint, averages: AnswerAverages): PlanCardView["answers"] {
  const { simpleMicroVnd, complexMicroVnd } = averages;
  if (simpleMicroVnd === null || complexMicroVnd === null) return null;
  return {
    simple: Number(divFloor(limitMicroVnd, simpleMicroVnd)),
    complex: Number(divFloor(limitMicroVnd, complexMicroVnd)),
  };
}
