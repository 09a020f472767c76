import type { TxCtx } from "@/server/db/with-transaction.ts";
import { listLogsOfCalls } from "./store-adjustments.ts";

/**
 * The logs that the organisation's provider calls have already: `netMicroVnd` is their cost with all
 * corrections, `isCredited` whether they were given back as a failed answer.
 */
export function findLogsOfCalls(ctx: TxCtx, providerCallIds: readonly string[]) {
  return listLogsOfCalls(ctx.db, ctx.orgId, providerCallIds);
}
