import { DomainError } from "@/domain/errors.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { closeEarly, findLatestCall, lockPeriod } from "./store-periods.ts";

/** The database keeps microseconds, the product's instants are whole milliseconds. */
const INSTANT_MS = 1;

/**
 * The first instant from `ctx.now` on at which a period can be cut: after it began, and after every
 * call that was admitted in it (one may have been while this transaction, whose clock stands still,
 * waited for a lock). From here on none is admitted in it until the transaction ends.
 */
export async function earliestCut(
  ctx: TxCtx,
  period: { readonly id: string; readonly startsAt: Date },
): Promise<Date> {
  await lockPeriod(ctx.db, period.id);
  const latest = await findLatestCall(ctx.db, period.id);
  const after = Math.max(period.startsAt.getTime(), latest?.getTime() ?? 0) + INSTANT_MS;
  return new Date(Math.max(ctx.now.getTime(), after));
}

/**
 * Ends and closes the running period at `ctx.now`, so that another kind of period can begin. What
 * is planned on it and not yet admitted is planned again on the next one; its holds stay its own
 * and settle in it. @throws DomainError `state_conflict` when the period only just began
 * or has ended.
 */
export async function cutPeriod(ctx: TxCtx, periodId: string): Promise<void> {
  const isCut = await closeEarly(ctx.db, { periodId, endsAt: ctx.now });
  if (!isCut) throw new DomainError("state_conflict", "the period cannot be cut at this instant");
}
