import { minBigint } from "@/domain/money/division.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { presentPeriod } from "./add-grant.ts";
import { bookGrant } from "./book-grant.ts";
import { findGrant, findRemainder } from "./store-grants.ts";

export type GrantReversal = {
  readonly cause: "top_up" | "surplus" | "credit";
  readonly causeId: string;
  readonly reason: string;
  readonly actor: string;
};

/**
 * Takes a grant back by a counter-entry; used history stays, and what was spent beyond the limit is
 * overdraft. While the grant's period runs all of it is taken; afterwards what moved on of it, from
 * the present period: what was spent of it in periods that are over stays spent. Repeatable; a grant
 * that does not exist, or of which nothing is left, changes nothing.
 */
export async function reverseGrant(ctx: TxCtx, reversal: GrantReversal): Promise<void> {
  const { reason, actor } = reversal;
  await withTransaction(ctx, async (tx) => {
    await lockPeriods(tx);
    const grant = await findGrant(tx.db, reversal);
    if (grant?.orgId !== tx.orgId) return;
    const entry = { cause: "reversal", causeId: grant.id } as const;
    if ((await findGrant(tx.db, entry)) !== null) return;
    const period = await presentPeriod(tx);
    const isRunning = period.id === grant.periodId;
    const present = await findRemainder(tx.db, period.id);
    const movable = isRunning ? grant.amountMicroVnd : (present?.grantedMicroVnd ?? 0n);
    const amountMicroVnd = -minBigint(grant.amountMicroVnd, movable);
    if (amountMicroVnd >= 0n) return;
    await bookGrant(tx, period, { ...entry, amountMicroVnd, reason, actor });
  });
}
