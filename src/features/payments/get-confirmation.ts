import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { describeOrders } from "./describe-orders.ts";
import type { ConfirmationView } from "./schema.ts";
import { findOrder, findPayerName } from "./store-orders.ts";
import { listAppliedTo } from "./store-payments.ts";

/**
 * What a customer keeps of a paid order: what was bought, by whom, with which transfers.
 * @throws DomainError `not_found`, also for somebody else's; `state_conflict` before it is paid.
 */
export async function getConfirmation(ctx: Ctx, orderId: string): Promise<ConfirmationView> {
  const row = await findOrder(ctx.db, { orgId: ctx.orgId, orderId });
  const [order] = row === null ? [] : await describeOrders(ctx, [row]);
  if (row === null || order === undefined) throw new DomainError("not_found", "no such order");
  if (row.paidAt === null) throw new DomainError("state_conflict", "the order is not paid");
  const paid = await listAppliedTo(ctx.db, orderId);
  return {
    order,
    payerName: await findPayerName(ctx.db, row.userId),
    payments: paid.map(({ amountMicroVnd, occurredAt, referenceCode }) => ({
      amountMicroVnd: amountMicroVnd.toString(),
      occurredAt: occurredAt.toISOString(),
      referenceCode,
    })),
  };
}
