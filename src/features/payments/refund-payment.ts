import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import type { StaffCtx } from "@/server/staff.ts";
import {
  decidePayment,
  expectUndecided,
  reasonOf,
  writeDecision,
  type Deciding,
  type Outcome,
  type PaymentDecision,
} from "./decide-payment.ts";
import { reverseOrder } from "./reverse-order.ts";
import type { decidePaymentInput } from "./schema.ts";
import { listStanding, setDecidedBy } from "./store-inbox.ts";
import { lockPayment } from "./store-payments.ts";

/**
 * Marks a transfer's money as going back to its payer (the transfer itself is made at the bank).
 * What was never applied waits no longer. Where it paid an order, what the order bought is taken
 * back (`reverseOrder`) and every transfer of that order is marked, since all of its money goes
 * back; they stay applied, to a refunded order. Audited; undone by `undoDecision`, but for the order,
 * which stays refunded.
 * @throws DomainError `not_found`; `state_conflict` for money that did not come in, for a credit
 * (undone first), and for what is decided already; `idempotency_conflict`.
 */
export function markForRefund(
  ctx: StaffCtx,
  input: z.output<typeof decidePaymentInput>,
): Promise<PaymentDecision> {
  return decidePayment(ctx, { action: "refund", ...input }, (deciding) =>
    deciding.payment.state === "applied" ? refundOrder(deciding) : refundUnapplied(deciding),
  );
}

function refundUnapplied({ payment, actor }: Deciding): Promise<Outcome> {
  expectUndecided(payment);
  if (payment.direction !== "in") {
    throw new DomainError("state_conflict", "only what came in can go back");
  }
  const { orderId, orgId } = payment;
  const fate = { state: "ignored", reason: reasonOf(payment), decidedBy: actor } as const;
  return Promise.resolve({ fate: { ...fate, orderId, orgId }, orderId, orgId });
}

async function refundOrder(deciding: Deciding): Promise<Outcome> {
  const { db, payment, actor, reason } = deciding;
  const { orderId } = payment;
  if (orderId === null) {
    throw new DomainError("state_conflict", "a credit is undone before its money goes back");
  }
  const standing = await listStanding(db, payment.id);
  if (standing.some(({ action }) => action === "refund")) {
    throw new DomainError("state_conflict", "it is marked for refund already");
  }
  const { paymentIds } = await reverseOrder(deciding, { orderId, actor, reason });
  for (const id of paymentIds.filter((one) => one !== payment.id)) {
    const other = present(await lockPayment(db, id), "a payment is never deleted");
    const also = { ...deciding, payment: other, decisionId: randomUUID() };
    await writeDecision(also, "refund", await goesBack(also));
  }
  return goesBack(deciding);
}

/** It stays what it was: applied, to an order that is refunded now. */
async function goesBack({ db, payment, actor }: Deciding): Promise<Outcome> {
  await setDecidedBy(db, payment.id, actor);
  const { orderId, orgId } = payment;
  return { fate: null, orderId, orgId };
}
