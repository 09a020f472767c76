import type { TxCtx } from "@/server/db/with-transaction.ts";
import { lockPeriod, lockPeriodsOf } from "./store-periods.ts";

/**
 * From here to the end of the transaction nobody else opens, cuts or re-limits a period of the
 * organisation, or starts a subscription: what is read about them now still holds when it is
 * written. Messages do not wait for it. First in the lock order, before the period.
 */
export async function lockPeriods(ctx: TxCtx): Promise<void> {
  await lockPeriodsOf(ctx.db, ctx.orgId);
}

/**
 * From here to the end of the transaction nothing else is booked to the period, so that sums over
 * its logs stand.
 */
export async function lockBookings(ctx: TxCtx, periodId: string): Promise<void> {
  await lockPeriod(ctx.db, periodId);
}
