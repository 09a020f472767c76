import { present } from "@/domain/assert.ts";
import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { DomainError } from "@/domain/errors.ts";
import { calendarMonth, cycleAt } from "@/domain/time/vietnam-time.ts";
import { findCurrentPeriod, findLastPeriod } from "@/features/ledger/get-balance.ts";
import { openPeriod, type BudgetPeriod } from "@/features/ledger/open-period.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { findOverrideAt, findPlan, findSubscriptionAt } from "./store.ts";

const FREE_PLAN_ID = "free";

/**
 * The budget period that holds `ctx.now`, opened on first use: a paid subscription's monthly cycle
 * counted from its anchor, else the free plan's calendar month (cut short where another period
 * precedes it in that month). An unexpired override of finance sets the limit. Safe to race: one
 * period stands.
 * @throws DomainError `not_found` when the plan is gone from the table (seed missing).
 */
export async function openCurrentPeriod(ctx: TxCtx): Promise<BudgetPeriod> {
  const current = await findCurrentPeriod(ctx);
  if (current !== null) return current;
  const [paid, override, last] = await Promise.all([
    findSubscriptionAt(ctx.db, ctx.orgId, ctx.now),
    findOverrideAt(ctx.db, ctx.orgId, ctx.now),
    findLastPeriod(ctx),
  ]);
  const plan = paid?.plan ?? (await findPlan(ctx.db, FREE_PLAN_ID));
  if (plan === null) throw new DomainError("not_found", "the free plan is missing");
  const window =
    paid === null ? calendarMonth(ctx.now) : cycleAt(paid.subscription.anchorAt, ctx.now);
  const startsAt = last !== null && last.endsAt > window.startsAt ? last.endsAt : window.startsAt;
  if (startsAt >= window.endsAt) {
    // Between the two readings somebody else opened it.
    return present(await findCurrentPeriod(ctx), "a period that fills its window holds now");
  }
  const billing =
    plan.billing === "yearly" ? "yearly" : plan.billing === "monthly" ? "monthly" : "none";
  return openPeriod(ctx, {
    kind: paid === null ? "calendar" : "cycle",
    planId: plan.id,
    startsAt,
    endsAt: window.endsAt,
    limitMicroVnd: override?.amountMicroVnd ?? periodLimitMicroVnd({ ...plan, billing }),
  });
}
