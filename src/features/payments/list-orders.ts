import type { z } from "zod";
import type { Ctx } from "@/server/ctx.ts";
import { describeOrders } from "./describe-orders.ts";
import type { listOrdersInput, OrdersView } from "./schema.ts";
import { listOrderRows } from "./store-orders.ts";

/** The orders of the caller's organisation, newest first, one page of them. */
export async function listOrders(
  ctx: Ctx,
  { page, pageSize }: z.output<typeof listOrdersInput>,
): Promise<OrdersView> {
  const { total, rows } = await listOrderRows(ctx.db, {
    orgId: ctx.orgId,
    limit: pageSize,
    offset: (page - 1) * pageSize,
  });
  return { total, orders: [...(await describeOrders(ctx, rows))] };
}
