import { carriedMicroVnd } from "@/domain/entitlement/carry.ts";
import { lockBookings } from "@/features/ledger/lock-periods.ts";
import type { BudgetPeriod } from "@/features/ledger/open-period.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { bookGrant } from "./book-grant.ts";
import { findRemainder, listRemainders } from "./store-grants.ts";

const ACTOR = "carry-remainder";
const REASON = "the unspent part moves to the next period";

/**
 * Moves what is left of the grants of ended periods, and of cycles a newer chain cut all that is
 * left, to `to`: an entry out of the one and the same into the other, so that both sum to what was
 * paid. What holds still bind is left and moves later, by the same verb. Under the organisation's
 * lock.
 * @param to the period that takes it, as it stands under the lock. @returns it with its new limit.
 */
export async function carryRemainders(tx: TxCtx, to: BudgetPeriod): Promise<BudgetPeriod> {
  let limitMicroVnd = to.limitMicroVnd;
  const found = await listRemainders(tx.db, { orgId: tx.orgId, endedBy: to.startsAt });
  for (const { periodId, isCut } of found) {
    // Its holds are closed while we look: the row's lock makes the sums one moment's.
    await lockBookings(tx, periodId);
    const from = await findRemainder(tx.db, periodId);
    if (from === null) continue;
    const cutCycleMicroVnd = isCut ? from.cycleMicroVnd : 0n;
    const amountMicroVnd = carriedMicroVnd({ ...from, cutCycleMicroVnd });
    if (amountMicroVnd === 0n) continue;
    const entry = {
      causeId: `${periodId}:${from.carriedCount + 1}`,
      ...{ reason: REASON, actor: ACTOR },
    };
    const out = { id: periodId, limitMicroVnd: from.limitMicroVnd };
    await bookGrant(tx, out, { ...entry, cause: "carried_out", amountMicroVnd: -amountMicroVnd });
    const into = { id: to.id, limitMicroVnd };
    await bookGrant(tx, into, { ...entry, cause: "carry_over", amountMicroVnd });
    limitMicroVnd += amountMicroVnd;
  }
  return { ...to, limitMicroVnd };
}

/** What would move on if the running period were cut now, micro-VND; for showing it to a buyer. */
export async function previewCarry(ctx: TxCtx, period: BudgetPeriod): Promise<bigint> {
  const from = await findRemainder(ctx.db, period.id);
  if (from === null) return 0n;
  return carriedMicroVnd({ ...from, cutCycleMicroVnd: from.cycleMicroVnd });
}
