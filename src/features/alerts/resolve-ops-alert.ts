import type { Queryable } from "@/server/db/with-transaction.ts";
import { closeAlert } from "./store.ts";

/** The cause is gone: its next occurrence is news again. Repeatable; nothing open, nothing done. */
export async function resolveOpsAlert(db: Queryable, dedupeKey: string): Promise<void> {
  await closeAlert(db, dedupeKey);
}
