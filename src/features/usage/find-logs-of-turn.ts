import type { TxCtx } from "@/server/db/with-transaction.ts";
import { listRowsOfTurn } from "./store-adjustments.ts";

/** All that was booked for a turn of the organisation: its calls, then their corrections. */
export function findLogsOfTurn(ctx: TxCtx, turnId: string) {
  return listRowsOfTurn(ctx.db, ctx.orgId, turnId);
}
