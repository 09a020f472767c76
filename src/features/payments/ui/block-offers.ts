import type { PlanCardView, PlansView } from "@/features/plans/schema.ts";
import { topUpAmountsVnd } from "../schema.ts";

/**
 * What a refused message needs: more money in the period, more messages a day, or models that the
 * plan does not have.
 */
export type BlockNeed = "budget" | "messages" | "models" | "plan";

export type BlockOffer =
  | { readonly kind: "top_up"; readonly key: string; readonly amountVnd: number }
  | { readonly kind: "plan"; readonly key: string; readonly plan: PlanCardView };

const isMore = (count: number | null, than: number | null): boolean =>
  than !== null && (count === null || count > than);

function helps(plan: PlanCardView, current: PlanCardView | undefined, need: BlockNeed): boolean {
  if (plan.starts.length === 0) return false;
  if (current === undefined) return true;
  switch (need) {
    case "budget":
      return BigInt(plan.cycleLimitMicroVnd) >= BigInt(current.cycleLimitMicroVnd);
    case "messages":
      return isMore(plan.messagesDailyMax, current.messagesDailyMax);
    case "models":
      return plan.modelTiers.some((tier) => !current.modelTiers.includes(tier));
    case "plan":
      return plan.tier !== current.tier;
  }
}

/**
 * What can be bought where a message was refused, the smallest first: top-ups only where money is
 * missing, and of the plans only those that would let the message through by that need. By the
 * year only for those who already pay so.
 */
export function blockOffers({ subscription, plans }: PlansView, need: BlockNeed): BlockOffer[] {
  const current = plans.find(({ isCurrent }) => isCurrent);
  const billing = subscription.billing === "yearly" ? "yearly" : "monthly";
  const topUps =
    need === "budget"
      ? topUpAmountsVnd.map((amountVnd) => ({
          kind: "top_up" as const,
          key: `top_up-${String(amountVnd)}`,
          amountVnd,
        }))
      : [];
  const upgrades = plans
    .filter((plan) => plan.billing === billing && helps(plan, current, need))
    .toSorted((one, other) => Number(BigInt(one.priceMicroVnd) - BigInt(other.priceMicroVnd)))
    .map((plan) => ({ kind: "plan" as const, key: plan.planId, plan }));
  return [...topUps, ...upgrades];
}
