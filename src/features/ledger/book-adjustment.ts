import { present } from "@/domain/assert.ts";
import { addToMonth } from "@/features/usage/add-to-month.ts";
import { appendAdjustment, type Adjustment } from "@/features/usage/append-adjustment.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { balanceOf, type Balance } from "./get-balance.ts";
import { closeReservation, findPeriodPlan } from "./store.ts";

/**
 * Corrects a log: the dated adjustment, and its cost to the same period, member, day and month, in
 * the caller's transaction. A closed period takes corrections too: its sums stay those of its logs.
 * @returns the period's balance after it, or null when the log is not the organisation's or was
 * corrected for this reason already.
 */
export async function bookAdjustment(
  ctx: TxCtx,
  adjustment: Adjustment,
): Promise<(Balance & { readonly adjustmentId: string }) | null> {
  const appended = await appendAdjustment(ctx, adjustment);
  if (appended === null) return null;
  const { id, log } = appended;
  const closed = await closeReservation(ctx.db, {
    reservationId: present(log.reservationId, "a usage log has a reservation"),
    state: "settled",
    costMicroVnd: adjustment.costMicroVnd,
  });
  const balance = balanceOf({
    limitMicroVnd: BigInt(closed.limitMicroVnd),
    usedMicroVnd: BigInt(closed.usedMicroVnd),
    reservedMicroVnd: BigInt(closed.reservedMicroVnd),
  });
  const planId = await findPeriodPlan(ctx.db, log.periodId);
  const correction = { ...log, id, kind: "adjustment", isFinalAttempt: false, totalTokens: 0 };
  await addToMonth(
    ctx,
    [
      {
        ...correction,
        costMicroVnd: adjustment.costMicroVnd,
        costPicoUsd: 0n,
        savedMicroVnd: 0n,
        occurredAt: ctx.now,
      },
    ],
    { planId, ...balance },
  );
  return { ...balance, adjustmentId: id };
}
