import type { TxCtx } from "@/server/db/with-transaction.ts";
import { findLog, insertAdjustment, type AdjustedLog } from "./store-adjustments.ts";

/**
 * Why a log is corrected. `failed_answer`: a credit by the rule; `late_usage`: the provider's word
 * came after an estimate was booked; `manual`: a person's decision, its words in the metadata.
 */
export type AdjustmentReason = "failed_answer" | "late_usage" | "manual";

export type Adjustment = {
  readonly usageLogId: string;
  /** What is added to the cost of the log; negative gives back. */
  readonly costMicroVnd: bigint;
  readonly reason: AdjustmentReason;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
};

/**
 * Appends a dated correction of a log of the caller's organisation, in the caller's transaction; it
 * does not book it (`ledger/book-adjustment`).
 * @returns null when the log is not the organisation's, or was corrected for this reason already
 * (never for `manual`).
 */
export async function appendAdjustment(
  ctx: TxCtx,
  adjustment: Adjustment,
): Promise<{ readonly id: string; readonly log: AdjustedLog } | null> {
  const log = await findLog(ctx.db, ctx.orgId, adjustment.usageLogId);
  if (log === null) return null;
  const id = await insertAdjustment(ctx.db, log, {
    costMicroVnd: adjustment.costMicroVnd,
    reason: adjustment.reason,
    source: adjustment.reason === "manual" ? "manual" : "reported",
    metadata: adjustment.metadata,
    occurredAt: ctx.now,
  });
  return id === null ? null : { id, log };
}
