import { z } from "zod";
import { cleanText } from "@/domain/text/clean-text.ts";

const money = z.string();
const instant = z.string();

export const orderStarts = z.enum(["now", "period_end"]);
export type OrderStarts = z.output<typeof orderStarts>;

/** What a customer has. */
export const subscriptionView = z.object({
  planId: z.string(),
  tier: z.string(),
  billing: z.enum(["none", "monthly", "yearly"]),
  /** free: nothing is paid for. cancelled: runs to `paidUntil`, and no reminder comes. */
  state: z.enum(["free", "active", "cancelled"]),
  anchorAt: instant.nullable(),
  /** End of the present cycle or free month. */
  periodEndsAt: instant,
  paidUntil: instant.nullable(),
  cyclesLeft: z.number().int(),
});
export type SubscriptionView = z.output<typeof subscriptionView>;

/** A plan on offer, with what it means for this customer. */
export const planCardView = z.object({
  planId: z.string(),
  tier: z.string(),
  billing: z.enum(["none", "monthly", "yearly"]),
  priceMicroVnd: money,
  /** The budget of each of its months. */
  cycleLimitMicroVnd: money,
  modelTiers: z.array(z.string()),
  messagesDailyMax: z.number().int().nullable(),
  outputTokensMax: z.number().int(),
  isCurrent: z.boolean(),
  /** About how many answers a month's budget buys, from real averages; null: too few to say. */
  answers: z.object({ simple: z.number().int(), complex: z.number().int() }).nullable(),
  /** The starts that can be chosen, the proposed one first, each with its instant; [] for free. */
  starts: z.array(
    z.object({
      starts: orderStarts,
      startsAt: instant,
      /** What `now` carries over of the running period. */
      carryMicroVnd: money,
    }),
  ),
});
export type PlanCardView = z.output<typeof planCardView>;

export const plansView = z.object({
  subscription: subscriptionView,
  plans: z.array(planCardView),
  /** From how many answers of the last 30 days the averages come; 0: none shown. */
  averagesOf: z.number().int(),
});
export type PlansView = z.output<typeof plansView>;

/** A plan as finance sees it: price, ratio, margin. */
export const planTermsView = z.object({
  planId: z.string(),
  tier: z.string(),
  billing: z.enum(["none", "monthly", "yearly"]),
  enabled: z.boolean(),
  priceMicroVnd: money,
  budgetRatioBp: z.number().int(),
  cycleLimitMicroVnd: money,
  /** What is left of the price when the whole budget is used; may be 0 or negative. */
  marginMicroVnd: money,
  isMarginPositive: z.boolean(),
  subscribers: z.number().int(),
});
export type PlanTermsView = z.output<typeof planTermsView>;

const words = z.string().transform(cleanText).pipe(z.string().trim().min(3).max(500));

export const changePlanInput = z.strictObject({
  planId: z.string().min(1).max(60),
  priceVnd: z.number().int().min(1_000).max(1_000_000_000).optional(),
  budgetRatioBp: z.number().int().min(0).max(20_000).optional(),
  enabled: z.boolean().optional(),
  reason: words,
  key: z.uuid(),
});
export type ChangePlanInput = z.output<typeof changePlanInput>;

export const cancelSubscriptionInput = z.strictObject({ isCancelled: z.boolean() });
