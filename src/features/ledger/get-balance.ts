import { maxBigint } from "@/domain/money/division.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import type { BudgetPeriod } from "./open-period.ts";
import { findLatestPeriod, findPeriodAt } from "./store.ts";

/**
 * Money of a period in micro-VND; `remaining` never below 0, what is beyond the limit stands in
 * `overdraft`.
 */
export type Balance = {
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
  readonly remainingMicroVnd: bigint;
  readonly overdraftMicroVnd: bigint;
};

/**
 * The one place that derives what is left: limit − used. Holds are shown apart, so the headline
 * never flickers.
 */
export function balanceOf(period: {
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
}): Balance {
  const { limitMicroVnd, usedMicroVnd, reservedMicroVnd } = period;
  return {
    limitMicroVnd,
    usedMicroVnd,
    reservedMicroVnd,
    remainingMicroVnd: maxBigint(0n, limitMicroVnd - usedMicroVnd),
    overdraftMicroVnd: maxBigint(0n, usedMicroVnd - limitMicroVnd),
  };
}

/** The open period that holds `ctx.now`, or null when none was opened yet. */
export async function findCurrentPeriod(ctx: TxCtx): Promise<BudgetPeriod | null> {
  return findPeriodAt(ctx.db, ctx.orgId, ctx.now);
}

/** The period that ends last, or null; the next one may not start before its end. */
export async function findLastPeriod(ctx: TxCtx): Promise<BudgetPeriod | null> {
  return findLatestPeriod(ctx.db, ctx.orgId);
}
