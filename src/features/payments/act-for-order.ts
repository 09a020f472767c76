import { asOrgId } from "@/server/ctx.ts";
import type { Queryable, TxCtx } from "@/server/db/with-transaction.ts";

/**
 * The context in which an order's money is booked: for the organisation and person of our own order
 * row, in the caller's transaction. Never from anything that a notice says.
 */
export function actForOrder(
  tx: { readonly db: Queryable; readonly now: Date; readonly requestId: string },
  order: { readonly orgId: string; readonly userId: string },
): TxCtx {
  return {
    db: tx.db,
    now: tx.now,
    requestId: tx.requestId,
    orgId: asOrgId(order.orgId),
    userId: order.userId,
    role: "user",
    locale: "vi",
    isEmailVerified: true,
  };
}
