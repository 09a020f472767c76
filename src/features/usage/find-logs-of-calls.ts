import type { TxCtx } from "@/server/db/with-transaction.ts";
import { listLogsOfCalls } from "./store-adjustments.ts";

/** The logs that the organisation's provider calls have already. */
export function findLogsOfCalls(ctx: TxCtx, providerCallIds: readonly string[]) {
  return listLogsOfCalls(ctx.db, ctx.orgId, providerCallIds);
}
