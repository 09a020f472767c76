import type { z } from "zod";
import { DomainError } from "@/domain/errors.ts";
import { findOrderCodes } from "@/domain/payments/find-order-codes.ts";
import type { StaffCtx } from "@/server/staff.ts";
import {
  decidePayment,
  expectUndecided,
  goodMoneyOf,
  reasonOf,
  type Deciding,
  type Outcome,
  type PaymentDecision,
} from "./decide-payment.ts";
import type { attachPaymentInput } from "./schema.ts";
import { settleOrder } from "./settle-order.ts";
import { lockOrdersByCode } from "./store-orders.ts";
import { setFate } from "./store-payments.ts";

/**
 * Finance says which order a transfer is for, whatever its text says: also one that is late, and
 * several for one order (merging parts). It counts as if it had named the order: below the price it
 * is a part, with it the order is paid by its own snapshot, beyond it the rest is a grant.
 * Audited; undone by `undoDecision`.
 * @param input.orderCode as a person writes it: any case, spaces inside.
 * @throws DomainError `invalid_input` for what is no code, `not_found` for one of no order;
 * `state_conflict` for an order that is paid or refunded (credit it instead), for what was applied or
 * decided before, and for what is no proven money; `idempotency_conflict`.
 */
export async function attachPayment(
  ctx: StaffCtx,
  input: z.output<typeof attachPaymentInput>,
): Promise<PaymentDecision> {
  const { orderCode: written, ...asked } = input;
  const [orderCode, ...others] = findOrderCodes(written);
  if (orderCode === undefined || others.length > 0) {
    throw new DomainError("invalid_input", "not the code of an order", { field: "orderCode" });
  }
  const decision = { action: "attach", ...asked, body: { orderCode } } as const;
  return decidePayment(ctx, decision, (deciding) => attach(deciding, orderCode));
}

async function attach(deciding: Deciding, orderCode: string): Promise<Outcome> {
  const { db, payment, actor } = deciding;
  expectUndecided(payment);
  const amountMicroVnd = goodMoneyOf(payment);
  const reason = reasonOf(payment);
  // A part of another order counts for that one no longer.
  if (payment.orderId !== null) {
    const loose = { state: "review", orderId: null, orgId: null, decidedBy: null } as const;
    await setFate(db, { paymentId: payment.id, reason: reason ?? "no_code", ...loose });
  }
  const [order] = await lockOrdersByCode(db, [orderCode]);
  if (order === undefined) throw new DomainError("not_found", `no order ${orderCode}`);
  if (order.id === payment.orderId && payment.state === "unmatched" && reason === "short") {
    throw new DomainError("state_conflict", "it counts for this order already");
  }
  const settled = await settleOrder(deciding, {
    payment: { id: payment.id, amountMicroVnd },
    ...{ order, reason, decidedBy: actor },
  });
  return {
    fate: null,
    ...{ orderId: order.id, orgId: order.orgId },
    more: {
      ...{ orderCode, amountMicroVnd: amountMicroVnd.toString() },
      surplusMicroVnd: settled.surplusMicroVnd.toString(),
      orderState: settled.isPaid ? "paid" : order.state,
    },
  };
}
