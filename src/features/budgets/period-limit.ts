import { present } from "@/domain/assert.ts";
import {
  freeLimitLeftMicroVnd,
  limitWithGrantsMicroVnd,
  periodLimitMicroVnd,
} from "@/domain/entitlement/budget-limit.ts";
import { calendarMonth } from "@/domain/time/vietnam-time.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { findCycleAt, findOverrideAt, findPlan, freeSpendBetween } from "./store.ts";
import { sumGrants } from "./store-grants.ts";

/** A period that is to be opened (no id yet) or stands: what its limit follows from. */
export type LimitedPeriod = {
  readonly id?: string;
  readonly kind: string;
  readonly planId: string;
  readonly startsAt: Date;
};

/**
 * The limit the period has at `ctx.now`: its rule and its grants, never below 0. The rule is
 * finance's newest unexpired override (then only grants made after it count), else what was bought
 * for the cycle, else the free plan's budget (one a month in all). @returns micro-VND.
 */
export async function limitOfPeriod(ctx: TxCtx, period: LimitedPeriod): Promise<bigint> {
  const override = await findOverrideAt(ctx.db, ctx.orgId, ctx.now);
  const rule = override?.amountMicroVnd ?? (await ruleOf(ctx, period));
  if (period.id === undefined) return rule;
  const key = { periodId: period.id, overrideId: override?.id ?? null };
  return limitWithGrantsMicroVnd(rule, await sumGrants(ctx.db, key));
}

async function ruleOf(ctx: TxCtx, period: LimitedPeriod): Promise<bigint> {
  if (period.kind === "cycle") {
    const key = { orgId: ctx.orgId, instant: period.startsAt, hasEnded: true };
    const cycle = await findCycleAt(ctx.db, key);
    if (cycle !== null) return cycle.limitMicroVnd;
  }
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
