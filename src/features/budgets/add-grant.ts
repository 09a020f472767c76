import { present } from "@/domain/assert.ts";
import { findLastPeriod } from "@/features/ledger/get-balance.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import type { BudgetPeriod } from "@/features/ledger/open-period.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { bookGrant } from "./book-grant.ts";
import { openCurrentPeriod } from "./open-current-period.ts";
import { findGrant } from "./store-grants.ts";

/** What is granted, and the one thing it is granted for. */
export type GrantInput = {
  /** > 0. */
  readonly amountMicroVnd: bigint;
  readonly cause: "top_up" | "surplus" | "credit";
  /** The order, payment or decision it comes from: with the cause, granted once. */
  readonly causeId: string;
  readonly reason: string;
  readonly actor: string;
};

/**
 * Raises the limit of the organisation's present period (opened if need be) by a grant, with its
 * limit change and audit row; what is not spent moves to the next period. A repeat of cause and id
 * changes nothing. Messages do not wait for it.
 * @throws DomainError `overloaded` when the periods that exist lie ahead of the clock.
 */
export async function addGrant(
  ctx: TxCtx,
  grant: GrantInput,
): Promise<{ readonly grantId: string; readonly isNew: boolean }> {
  return withTransaction(ctx, async (tx) => {
    await lockPeriods(tx);
    const known = await findGrant(tx.db, grant);
    if (known !== null) return { grantId: known.id, isNew: false };
    const period = await presentPeriod(tx);
    const grantId = present(
      await bookGrant(tx, period, grant),
      "nobody else grants under the lock",
    );
    return { grantId, isNew: true };
  });
}

/**
 * The period that calls are booked to from now on, under the organisation's lock: the one that ends
 * last, where a payment of this very moment let it begin a little ahead of `tx.now`.
 */
export async function presentPeriod(tx: TxCtx): Promise<BudgetPeriod> {
  const last = await findLastPeriod(tx);
  if (last !== null && last.closedAt === null && last.endsAt > tx.now) return last;
  return openCurrentPeriod(tx);
}
