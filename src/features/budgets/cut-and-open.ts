import { cutPeriod, earliestCut } from "@/features/ledger/cut-period.ts";
import { findLastPeriod } from "@/features/ledger/get-balance.ts";
import type { BudgetPeriod } from "@/features/ledger/open-period.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { openCurrentPeriod } from "./open-current-period.ts";

/**
 * Ends the running period, so that another can begin: at `tx.now`, or a moment later where it only
 * just began or a call was admitted in it meanwhile. Its holds stay its own and settle in it. Under
 * the organisation's lock. @returns the instant at which the next period may begin, and what was cut.
 */
export async function cutRunningPeriod(
  tx: TxCtx,
): Promise<{ readonly cutAt: Date; readonly cut: BudgetPeriod | null }> {
  const last = await findLastPeriod(tx);
  if (last === null || last.endsAt <= tx.now) return { cutAt: tx.now, cut: null };
  const cutAt = await earliestCut(tx, last);
  if (cutAt >= last.endsAt) return { cutAt: last.endsAt, cut: null };
  await cutPeriod({ ...tx, now: cutAt }, last.id);
  return { cutAt, cut: last };
}

/** Opens the period that begins at an instant, with what the periods before it leave. */
export async function openPeriodAt(tx: TxCtx, startsAt: Date): Promise<BudgetPeriod> {
  return openCurrentPeriod({ ...tx, now: startsAt });
}
