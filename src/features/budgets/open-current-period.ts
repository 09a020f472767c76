import { DomainError } from "@/domain/errors.ts";
import { nextPeriod } from "@/domain/time/next-period.ts";
import { findCurrentPeriod, findLastPeriod } from "@/features/ledger/get-balance.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { openPeriod, type BudgetPeriod } from "@/features/ledger/open-period.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { carryRemainders } from "./carry-remainder.ts";
import { limitOfPeriod } from "./period-limit.ts";
import { findCycleAt, readClock } from "./store.ts";

const FREE_PLAN_ID = "free";

/**
 * The budget period that holds `ctx.now`, opened on first use: a paid subscription's monthly cycle
 * counted from its anchor, else the free plan's calendar month (from the lapse on where another
 * period precedes it in that month). What is left of the grants of the periods before moves into it.
 * An unexpired override of finance sets the limit. Safe to race:
 * one period stands, and a subscription that starts meanwhile is either seen or comes after. Where
 * the period of `ctx.now` was closed meanwhile, it is the one that holds the present instant.
 * @throws DomainError `overloaded` when the periods that exist lie ahead of the clock.
 */
export async function openCurrentPeriod(ctx: TxCtx): Promise<BudgetPeriod> {
  return (await findCurrentPeriod(ctx)) ?? withTransaction(ctx, openUnderLock);
}

async function openUnderLock(tx: TxCtx): Promise<BudgetPeriod> {
  await lockPeriods(tx);
  const period = await openAt(tx);
  if (period !== null) return period;
  const later = await openAt({ ...tx, now: await readClock(tx.db) });
  if (later !== null) return later;
  throw new DomainError("overloaded", "the organisation's periods lie ahead of the clock", {
    retryAfterSeconds: 5,
  });
}

/** @returns null when the periods that exist reach beyond `tx.now`. */
async function openAt(tx: TxCtx): Promise<BudgetPeriod | null> {
  const opened = await findCurrentPeriod(tx);
  if (opened !== null) return opened;
  const paid = await findCycleAt(tx.db, { orgId: tx.orgId, instant: tx.now, hasEnded: false });
  const last = await findLastPeriod(tx);
  const period = nextPeriod({ now: tx.now, paid, lastEndsAt: last?.endsAt ?? null });
  if (period === null) return null;
  const planned = { ...period, planId: paid?.planId ?? FREE_PLAN_ID };
  const limitMicroVnd = await limitOfPeriod(tx, planned);
  return carryRemainders(tx, await openPeriod(tx, { ...planned, limitMicroVnd }));
}
