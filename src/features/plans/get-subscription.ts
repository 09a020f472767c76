import { begunCycles, chainOf } from "@/domain/entitlement/subscription-chain.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import type { BudgetPeriod } from "@/features/ledger/open-period.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { present } from "@/domain/assert.ts";
import { billingOf } from "./billing-of.ts";
import type { SubscriptionView } from "./schema.ts";
import { findChainAt, findPlanById, listCycles } from "./store.ts";

/** What the organisation has: its plan, until when it is paid, when the present period ends. */
export async function getSubscription(ctx: TxCtx): Promise<SubscriptionView> {
  return subscriptionViewOf(ctx, await openCurrentPeriod(ctx));
}

/** The same of a period that is open already. */
export async function subscriptionViewOf(
  ctx: TxCtx,
  period: BudgetPeriod,
): Promise<SubscriptionView> {
  const chain = await findChainAt(ctx.db, ctx.orgId, ctx.now);
  const plan = present(await findPlanById(ctx.db, period.planId), "the period's plan exists");
  const cycles = chain === null ? [] : await listCycles(ctx.db, chain.id);
  const begun = chain === null ? 0 : begunCycles(chainOf(chain, cycles.length), ctx.now);
  const state = chain === null ? "free" : chain.state === "cancelled" ? "cancelled" : "active";
  return {
    planId: plan.id,
    tier: plan.tier,
    billing: billingOf(plan),
    state,
    anchorAt: chain?.anchorAt.toISOString() ?? null,
    periodEndsAt: period.endsAt.toISOString(),
    paidUntil: chain?.paidUntil.toISOString() ?? null,
    cyclesLeft: cycles.length - begun,
  };
}
