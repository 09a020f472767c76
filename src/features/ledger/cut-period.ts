import { DomainError } from "@/domain/errors.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { closeEarly } from "./store-periods.ts";

/**
 * Ends and closes the running period at `ctx.now`, so that another kind of period can begin. What
 * is planned on it and not yet admitted is planned again on the next one; its holds stay its own
 * and settle in it. @throws DomainError `state_conflict` when the period only just began
 * or has ended.
 */
export async function cutPeriod(ctx: TxCtx, periodId: string): Promise<void> {
  const isCut = await closeEarly(ctx.db, { periodId, endsAt: ctx.now });
  if (!isCut) throw new DomainError("state_conflict", "the period cannot be cut at this instant");
}
