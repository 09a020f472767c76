import type { Queryable } from "@/server/db/with-transaction.ts";
import type { Approval, ApprovalKind } from "./schema.ts";
import { findApprovalByKey, insertApproval } from "./store.ts";

/**
 * Puts a change before a person, in the caller's transaction. One row per `dedupeKey`, for ever:
 * what was decided is not asked again.
 * @returns the row, new or as it stands.
 */
export async function proposeChange(
  db: Queryable,
  change: { readonly kind: ApprovalKind; readonly dedupeKey: string; readonly payload: unknown },
): Promise<{ readonly approval: Approval; readonly isNew: boolean }> {
  const inserted = await insertApproval(db, change);
  if (inserted !== null) return { approval: inserted, isNew: true };
  const existing = await findApprovalByKey(db, change.dedupeKey);
  if (existing === null) throw new Error(`the approval ${change.dedupeKey} vanished`);
  return { approval: existing, isNew: false };
}
