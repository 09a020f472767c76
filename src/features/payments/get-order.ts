import { DomainError } from "@/domain/errors.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { describeOrders } from "./describe-orders.ts";
import type { OrderView } from "./schema.ts";
import { findOrder } from "./store-orders.ts";

/**
 * An order of the caller's organisation, as the database has it: what a browser or a provider's
 * return page says changes nothing. @throws DomainError `not_found`, also for somebody else's.
 */
export async function getOrder(ctx: TxCtx, orderId: string): Promise<OrderView> {
  const order = await findOrder(ctx.db, { orgId: ctx.orgId, orderId });
  const [view] = order === null ? [] : await describeOrders(ctx, [order]);
  if (view === undefined) throw new DomainError("not_found", "no such order");
  return view;
}
