import type { TxCtx } from "@/server/db/with-transaction.ts";
import { readCreditSums } from "./store-adjustments.ts";

/**
 * What was credited for failed answers so far: how many of the person's turns since the day began,
 * and how much of the period in all (micro-VND, >= 0).
 */
export function readCredits(
  ctx: TxCtx,
  key: { readonly userId: string; readonly periodId: string; readonly dayStartsAt: Date },
): Promise<{ readonly creditsToday: number; readonly creditedMicroVnd: bigint }> {
  return readCreditSums(ctx.db, { orgId: ctx.orgId, ...key });
}
