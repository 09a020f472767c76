import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import { lockBookings } from "@/features/ledger/lock-periods.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import type { AdjustUsageInput } from "./schema.ts";
import { findLogTotal, readClock } from "./store.ts";

export type AdjustedUsage = {
  readonly adjustmentId: string;
  /** What the call costs after all corrections. */
  readonly totalMicroVnd: string;
  readonly usedMicroVnd: string;
  readonly remainingMicroVnd: string;
};

/**
 * A person's correction of what one provider call cost: a dated adjustment row, booked to the
 * period, member, day and month, with an audit row. Corrections never make a call cost less than
 * nothing.
 * @param input.costMicroVnd what is added; negative gives back; not 0.
 * @param input.key the caller's; a repeat gives the same answer and books nothing.
 * @throws DomainError `not_found` for what is no log of a provider call, `invalid_input` for a
 * credit beyond what was charged, `idempotency_conflict`.
 */
export async function adjustUsage(
  db: Db,
  input: AdjustUsageInput & {
    readonly actor: string;
    readonly key: string;
    readonly requestId: string;
  },
): Promise<AdjustedUsage> {
  const { usageLogId, costMicroVnd, note, actor, key, requestId } = input;
  const log = await findLogTotal(db, usageLogId);
  if (log === null) throw new DomainError("not_found", "no usage log of a provider call");
  const now = await readClock(db);
  const ctx = systemCtx({ db, now, orgId: log.orgId, userId: log.userId, requestId });
  const body = { usageLogId, costMicroVnd, note };
  return withTransaction(ctx, (tx) =>
    once(tx, { scope: `usage.adjust:${log.orgId}`, key, body }, async () => {
      await lockBookings(tx, log.periodId);
      return adjust(tx, { ...body, actor });
    }),
  );
}

/** Under the period's lock, so that two credits at once see each other. */
async function adjust(
  tx: TxCtx,
  input: AdjustUsageInput & { readonly actor: string },
): Promise<AdjustedUsage> {
  const { usageLogId, costMicroVnd, note, actor } = input;
  const before = (await findLogTotal(tx.db, usageLogId))?.totalMicroVnd ?? 0n;
  const after = before + costMicroVnd;
  if (after < 0n) {
    throw new DomainError("invalid_input", "more would be given back than the call has cost", {
      field: "vnd",
    });
  }
  const booked = await bookAdjustment(tx, {
    usageLogId,
    costMicroVnd,
    reason: "manual",
    metadata: { note, actor },
  });
  if (booked === null) throw new DomainError("not_found", "no usage log of a provider call");
  await recordChange(tx.db, {
    actor,
    action: "usage.adjust",
    subject: `org:${tx.orgId}`,
    before: { usageLogId, totalMicroVnd: before.toString() },
    after: { usageLogId, totalMicroVnd: after.toString(), adjustmentId: booked.adjustmentId },
    reason: note,
    requestId: tx.requestId,
  });
  return {
    adjustmentId: booked.adjustmentId,
    totalMicroVnd: after.toString(),
    usedMicroVnd: booked.usedMicroVnd.toString(),
    remainingMicroVnd: booked.remainingMicroVnd.toString(),
  };
}
