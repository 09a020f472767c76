import { randomUUID } from "node:crypto";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { paymentReasons, type PaymentReason } from "@/domain/payments/payment-reasons.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { once } from "@/server/db/once.ts";
import { readNow } from "@/server/db/read-now.ts";
import { retryConflicts } from "@/server/db/retry-database.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { StaffCtx } from "@/server/staff.ts";
import { insertDecision, type DecisionAction } from "./store-inbox.ts";
import { lockOrder, moveOrder } from "./store-orders.ts";
import {
  findPayment,
  lockPayment,
  setFate,
  type PaymentFate,
  type PaymentRow,
} from "./store-payments.ts";

/** What finance asks of one transfer. */
export type DecisionAsked = {
  readonly action: DecisionAction;
  readonly paymentId: string;
  readonly reason: string;
  /** The caller's; a repeat gives the same answer and does nothing. */
  readonly key: string;
  /** What else is asked; a repeat asks the same. */
  readonly body?: Readonly<Record<string, string>>;
};

/** The transaction of a decision, with the payment and the order it is linked to locked. */
export type Deciding = {
  readonly db: Queryable;
  readonly now: Date;
  readonly requestId: string;
  readonly payment: PaymentRow;
  readonly decisionId: string;
  readonly actor: string;
  readonly reason: string;
};

export type Outcome = {
  /** What becomes of the payment; null where a verb of the order has written it. */
  readonly fate: Omit<PaymentFate, "paymentId"> | null;
  /** The order and the customer the decision is about. */
  readonly orderId: string | null;
  readonly orgId: string | null;
  readonly undoesId?: string;
  /** For the audit, beside the payment's own state. */
  readonly more?: Readonly<Record<string, string | null>>;
};

export type PaymentDecision = {
  readonly decisionId: string;
  readonly paymentId: string;
  readonly state: string;
  readonly orderId: string | null;
};

/**
 * The frame of every decision of finance: once per key, under the payment's lock, with the row of
 * the decision, the payment's new state and the audit row in the transaction of the effect itself.
 * @throws DomainError `not_found`; `idempotency_conflict`; what `carryOut` throws.
 */
export function decidePayment(
  ctx: StaffCtx,
  asked: DecisionAsked,
  carryOut: (deciding: Deciding) => Promise<Outcome>,
): Promise<PaymentDecision> {
  const { action, paymentId, reason, key, body = {} } = asked;
  const operation = { scope: `payment.${action}:${paymentId}`, key, body: { reason, ...body } };
  const { userId: actor, requestId } = ctx;
  return retryConflicts(() =>
    ctx.db.transaction((db) =>
      once({ db }, operation, async () => {
        const payment = await lockPayment(db, paymentId);
        if (payment === null) throw new DomainError("not_found", `no payment ${paymentId}`);
        if (payment.orderId !== null) await lockOrder(db, payment.orderId);
        const decisionId = randomUUID();
        const now = await readNow(db);
        const deciding = { db, now, requestId, payment, decisionId, actor, reason };
        const after = await writeDecision(deciding, action, await carryOut(deciding));
        return { decisionId, paymentId, state: after.state, orderId: after.orderId };
      }),
    ),
  );
}

/** What an outcome leaves: payment, orders, decision and audit row. @returns the payment as it is now. */
export async function writeDecision(
  { db, payment, decisionId, actor, reason, requestId }: Deciding,
  action: DecisionAction,
  { fate, orderId, orgId, undoesId, more }: Outcome,
): Promise<PaymentRow> {
  if (fate !== null) await setFate(db, { paymentId: payment.id, ...fate });
  const after = present(await findPayment(db, payment.id), "a payment is never deleted");
  for (const id of new Set([payment.orderId, after.orderId])) await countParts(db, id);
  await insertDecision(db, {
    ...{ id: decisionId, paymentId: payment.id, action, orderId, orgId },
    ...{ stateBefore: payment.state, reason, actor },
    ...(undoesId === undefined ? {} : { undoesId }),
  });
  await recordChange(db, {
    actor,
    action: `payment.${action}`,
    subject: `payment:${payment.id}`,
    before: fateOf(payment),
    after: { decisionId, ...fateOf(after), ...more },
    reason,
    requestId,
  });
  return after;
}

/** A payment's side of an audit row. */
export function fateOf(payment: Pick<PaymentRow, "state" | "reason" | "orderId" | "orgId">) {
  const { state, reason, orderId, orgId } = payment;
  return { state, reason, orderId, orgId };
}

/** A living order is partly paid exactly while a part counts for it. */
async function countParts(db: Queryable, orderId: string | null): Promise<void> {
  const order = orderId === null ? null : await lockOrder(db, orderId);
  if (order === null) return;
  const hasParts = order.paidMicroVnd > 0n;
  await moveOrder(db, {
    orderId: order.id,
    from: [hasParts ? "open" : "partially_paid"],
    to: hasParts ? "partially_paid" : "open",
  });
}

/** Of the closed list, as it stands on the payment. */
export function reasonOf(payment: Pick<PaymentRow, "reason">): PaymentReason | null {
  return paymentReasons.find((known) => known === payment.reason) ?? null;
}

/**
 * @throws DomainError `state_conflict` for what is being applied, was applied, or was decided
 * before: that is undone first.
 */
export function expectUndecided(payment: PaymentRow): void {
  const isKept = ["unmatched", "review", "ignored"].includes(payment.state);
  if (!isKept || payment.decidedBy !== null) {
    throw new DomainError("state_conflict", `payment ${payment.id} is ${payment.state} already`);
  }
}

/**
 * The amount of a transfer that may buy something, micro-VND. @throws DomainError `state_conflict`
 * for money out, another currency, no amount, and what nobody has proven yet.
 */
export function goodMoneyOf(payment: PaymentRow): bigint {
  const { direction, currency, amountMicroVnd, verifiedBy } = payment;
  const isGood = direction === "in" && currency === "VND" && verifiedBy !== null;
  if (!isGood || amountMicroVnd === null || amountMicroVnd <= 0n) {
    throw new DomainError(
      "state_conflict",
      "only proven money in đồng that came in buys something",
    );
  }
  return amountMicroVnd;
}
