import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { getOrder } from "./get-order.ts";
import type { OrderView } from "./schema.ts";
import { lockOrder, moveOrder } from "./store-orders.ts";

/**
 * Withdraws an order that nothing was paid on; money that comes for it afterwards waits for finance
 * as late. Repeatable. @throws DomainError `not_found`; `state_conflict` once money came or its
 * time is over.
 */
export async function cancelOrder(ctx: Ctx, orderId: string): Promise<OrderView> {
  return withTransaction(ctx, async (tx) => {
    const order = await lockOrder(tx.db, orderId);
    if (order?.orgId !== ctx.orgId) throw new DomainError("not_found", "no such order");
    const isMoved = await moveOrder(tx.db, { orderId, from: ["open"], to: "cancelled" });
    if (!isMoved && order.state !== "cancelled") {
      throw new DomainError("state_conflict", `order ${order.code} is ${order.state}`);
    }
    return getOrder(tx, orderId);
  });
}
