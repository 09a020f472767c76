import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { reverseGrant } from "@/features/budgets/reverse-grant.ts";
import { reversePlanOrder } from "@/features/plans/reverse-plan-order.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { actForOrder } from "./act-for-order.ts";
import { lockOrder, moveOrder } from "./store-orders.ts";
import { listAppliedTo } from "./store-payments.ts";

export type ReversedOrder = {
  /** The transfers it was paid with: their money goes back. */
  readonly paymentIds: readonly string[];
};

/**
 * Takes back what a paid order bought, since its money goes back: the order is refunded, cycles that
 * have not begun are reversed and the running one ends at what is used (a plan), or its grant is
 * reversed (a top-up), surplus included. What was used stays used. Audited; in the caller's
 * transaction, which may hold a payment's lock already (payment → order → periods).
 * @throws DomainError `not_found`; `state_conflict` for an order that is not paid.
 */
export async function reverseOrder(
  tx: { readonly db: Queryable; readonly now: Date; readonly requestId: string },
  input: { readonly orderId: string; readonly actor: string; readonly reason: string },
): Promise<ReversedOrder> {
  const { orderId, actor, reason } = input;
  const order = await lockOrder(tx.db, orderId);
  if (order === null) throw new DomainError("not_found", "no such order");
  const isMoved = await moveOrder(tx.db, { orderId, from: ["paid"], to: "refunded" });
  if (!isMoved) throw new DomainError("state_conflict", `order ${order.code} is ${order.state}`);
  const ctx = actForOrder(tx, order);
  const word = { actor, reason };
  if (order.kind === "plan") await reversePlanOrder(ctx, { orderId, ...word });
  else await reverseGrant(ctx, { cause: "top_up", causeId: orderId, ...word });
  const paid = await listAppliedTo(tx.db, orderId);
  if (order.paidMicroVnd > order.priceMicroVnd) {
    for (const { id } of paid) {
      await reverseGrant(ctx, { cause: "surplus", causeId: id, ...word });
    }
  }
  await recordChange(tx.db, {
    actor,
    action: "order.refund",
    subject: `order:${orderId}`,
    before: { state: order.state },
    after: { state: "refunded", paidMicroVnd: order.paidMicroVnd.toString() },
    reason,
    requestId: tx.requestId,
  });
  return { paymentIds: paid.map(({ id }) => id) };
}
