import { dayOf } from "@/domain/time/vietnam-time.ts";
import { balanceOf } from "@/features/ledger/get-balance.ts";
import { getMonthSummary } from "@/features/usage/get-month-summary.ts";
import type { Ctx } from "@/server/ctx.ts";
import { openCurrentPeriod } from "./open-current-period.ts";
import type { UsageSummaryView } from "./schema.ts";
import { countMessagesOn, findPlan } from "./store.ts";

/**
 * The figures of the budget bar and of `/usage`: the open period, the calendar month, today's
 * messages.
 */
export async function getUsageSummary(ctx: Ctx): Promise<UsageSummaryView> {
  const period = await openCurrentPeriod(ctx);
  const [month, count, plan] = await Promise.all([
    getMonthSummary(ctx),
    countMessagesOn(ctx.db, ctx.orgId, dayOf(ctx.now)),
    findPlan(ctx.db, period.planId),
  ]);
  const balance = balanceOf(period);
  return {
    planId: period.planId,
    period: {
      kind: period.kind === "cycle" ? "cycle" : "calendar",
      startsAt: period.startsAt.toISOString(),
      endsAt: period.endsAt.toISOString(),
      limitMicroVnd: balance.limitMicroVnd.toString(),
      usedMicroVnd: balance.usedMicroVnd.toString(),
      reservedMicroVnd: balance.reservedMicroVnd.toString(),
      remainingMicroVnd: balance.remainingMicroVnd.toString(),
      overdraftMicroVnd: balance.overdraftMicroVnd.toString(),
    },
    month,
    messagesToday: { count, max: plan?.messagesDailyMax ?? null },
  };
}
