import type { TxCtx } from "@/server/db/with-transaction.ts";
import { insertUsageLogs, type NewUsageLog } from "./store.ts";

export type { NewUsageLog } from "./store.ts";

/**
 * Appends one log per provider call, in the caller's transaction. A call that has its log already
 * is passed over, so a repeat books nothing twice.
 * @returns the logs written now; their costs are what the ledger still has to book.
 */
export async function appendUsage(
  ctx: TxCtx,
  logs: readonly NewUsageLog[],
): Promise<readonly NewUsageLog[]> {
  if (logs.length === 0) return [];
  const written = new Set(await insertUsageLogs(ctx.db, logs));
  return logs.filter((log) => written.has(log.id));
}
