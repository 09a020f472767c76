import type { Queryable } from "@/server/db/with-transaction.ts";
import { insertAuditEntry, type AuditEntry } from "./store.ts";

/**
 * Writes who changed what, from what, to what, and why, in the transaction of the change itself.
 * `before` and `after` are plain JSON (money as decimal strings).
 */
export async function recordChange(db: Queryable, entry: AuditEntry): Promise<void> {
  await insertAuditEntry(db, entry);
}
