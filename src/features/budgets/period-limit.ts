import { present } from "@/domain/assert.ts";
import { freeLimitLeftMicroVnd, periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { calendarMonth } from "@/domain/time/vietnam-time.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { findOverrideAt, findPlan, freeSpendBetween } from "./store.ts";

/** A period that is to be opened or stands: what its limit follows from. */
export type LimitedPeriod = {
  readonly kind: string;
  readonly planId: string;
  readonly startsAt: Date;
};

/**
 * The limit the period has at `ctx.now`: finance's newest unexpired override, else what the plan
 * gives (free: one budget a month in all). @returns micro-VND, >= 0.
 */
export async function limitOfPeriod(ctx: TxCtx, period: LimitedPeriod): Promise<bigint> {
  const override = await findOverrideAt(ctx.db, ctx.orgId, ctx.now);
  if (override !== null) return override.amountMicroVnd;
  const plan = present(await findPlan(ctx.db, period.planId), "the period's plan exists");
  const billing =
    plan.billing === "yearly" ? "yearly" : plan.billing === "monthly" ? "monthly" : "none";
  const limitMicroVnd = periodLimitMicroVnd({ ...plan, billing });
  if (period.kind !== "calendar") return limitMicroVnd;
  const monthStartsAt = calendarMonth(period.startsAt).startsAt;
  if (monthStartsAt.getTime() === period.startsAt.getTime()) return limitMicroVnd;
  return freeLimitLeftMicroVnd({
    budgetMicroVnd: limitMicroVnd,
    spentThisMonthMicroVnd: await freeSpendBetween(ctx.db, {
      orgId: ctx.orgId,
      from: monthStartsAt,
      before: period.startsAt,
    }),
  });
}
