import { maxBigint } from "@/domain/money/division.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { changePeriodLimit } from "@/features/ledger/change-period-limit.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { insertGrant } from "./store-grants.ts";

/** One entry of a period; negative for what is carried out or reversed. */
export type GrantEntry = {
  readonly amountMicroVnd: bigint;
  readonly cause: "top_up" | "surplus" | "credit" | "carry_over" | "carried_out" | "reversal";
  readonly causeId: string;
  readonly reason: string;
  readonly actor: string;
};

/**
 * Writes the entry, the period's new limit (never below 0) with the row that explains it, and the
 * audit row. Under the organisation's lock, which every change of a limit takes.
 * @param period as it stands under the lock.
 * @returns the grant's id, or null when that cause has one: then nothing was changed.
 */
export async function bookGrant(
  tx: TxCtx,
  period: { readonly id: string; readonly limitMicroVnd: bigint },
  entry: GrantEntry,
): Promise<string | null> {
  const grantId = await insertGrant(tx.db, { ...entry, orgId: tx.orgId, periodId: period.id });
  if (grantId === null) return null;
  const { amountMicroVnd, cause, causeId, reason, actor } = entry;
  const limitMicroVnd = maxBigint(0n, period.limitMicroVnd + amountMicroVnd);
  const { oldLimitMicroVnd } = await changePeriodLimit(tx, {
    periodId: period.id,
    limitMicroVnd,
    reason,
    actor,
  });
  await recordChange(tx.db, {
    actor,
    action: amountMicroVnd > 0n ? "grant.add" : "grant.take_back",
    subject: `org:${tx.orgId}`,
    before: { periodId: period.id, limitMicroVnd: oldLimitMicroVnd.toString() },
    after: {
      ...{ periodId: period.id, limitMicroVnd: limitMicroVnd.toString() },
      ...{ grantId, cause, causeId, amountMicroVnd: amountMicroVnd.toString() },
    },
    reason,
    requestId: tx.requestId,
  });
  return grantId;
}
