import { randomUUID } from "node:crypto";
import { z } from "zod";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { paymentReasons } from "@/domain/payments/payment-reasons.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { reverseGrant } from "@/features/budgets/reverse-grant.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { StaffCtx } from "@/server/staff.ts";
import { actForOrder } from "./act-for-order.ts";
import {
  decidePayment,
  fateOf,
  reasonOf,
  type Deciding,
  type Outcome,
  type PaymentDecision,
} from "./decide-payment.ts";
import { reverseOrder } from "./reverse-order.ts";
import type { undoDecisionInput } from "./schema.ts";
import { findDecision, findFateBefore, insertDecision, listStanding } from "./store-inbox.ts";
import { lockOrder } from "./store-orders.ts";
import { lockPayment, setFate, type PaymentFate, type PaymentRow } from "./store-payments.ts";

type Fate = Omit<PaymentFate, "paymentId">;

/**
 * Undoes a decision by a counter-entry: the payment is again what it was before (state, reason,
 * order), and what the decision did is taken back: a credit's grant is reversed; an order that ran on
 * an attached transfer is refunded, and its other transfers wait again. The refund of a paid order
 * does not bring that order back: the transfer waits again and can be attached to a new one. Audited.
 * @throws DomainError `not_found`; `state_conflict` for what is undone already, is itself an undoing,
 * or has a refund standing on it; `idempotency_conflict`.
 */
export async function undoDecision(
  ctx: StaffCtx,
  input: z.output<typeof undoDecisionInput>,
): Promise<PaymentDecision> {
  const { decisionId, reason, key } = input;
  const found = await findDecision(ctx.db, decisionId);
  if (found === null) throw new DomainError("not_found", `no decision ${decisionId}`);
  const { paymentId } = found;
  const asked = { action: "undo", paymentId, reason, key, body: { decisionId } } as const;
  return decidePayment(ctx, asked, (deciding) => undo(deciding, decisionId));
}

async function undo(deciding: Deciding, undoesId: string): Promise<Outcome> {
  const { db, payment } = deciding;
  const standing = await listStanding(db, payment.id);
  const decision = standing.find(({ id }) => id === undoesId);
  const isUnderRefund = standing.some(({ id, action }) => id !== undoesId && action === "refund");
  if (decision === undefined || isUnderRefund) {
    throw new DomainError("state_conflict", "it does not stand, or a refund stands on it");
  }
  if (decision.action === "credit") await takeCreditBack(deciding, decision);
  if (decision.action === "attach" && payment.state === "applied") await takeOrderBack(deciding);
  const fate = await fateWithout(deciding, standing);
  for (const other of standing) {
    if (other.id !== undoesId) await voidDecision(deciding, other);
  }
  return { fate, orderId: decision.orderId, orgId: decision.orgId, undoesId };
}

type Standing = Awaited<ReturnType<typeof listStanding>>;

/** A payment's side of the audit row of a decision: what it was before. */
const fateBefore = z.object({
  state: z.enum(["applied", "unmatched", "ignored", "review"]),
  reason: z.enum(paymentReasons).nullable(),
  orderId: z.uuid().nullable(),
  orgId: z.uuid().nullable(),
});

async function takeCreditBack(
  deciding: Deciding,
  decision: { readonly id: string; readonly orgId: string | null },
): Promise<void> {
  const { actor, reason } = deciding;
  const orgId = present(decision.orgId, "a credit names its customer");
  const grant = { cause: "credit", causeId: decision.id } as const;
  const customer = actForOrder(deciding, { orgId, userId: actor });
  await reverseGrant(customer, { ...grant, actor, reason });
}

/** The order that ran on this transfer is refunded; its other transfers wait for a decision. */
async function takeOrderBack(deciding: Deciding): Promise<void> {
  const { db, payment, actor, reason } = deciding;
  const orderId = present(payment.orderId, "an attached payment has its order");
  const { paymentIds } = await reverseOrder(deciding, { orderId, actor, reason });
  for (const id of paymentIds.filter((one) => one !== payment.id)) {
    const other = present(await lockPayment(db, id), "a payment is never deleted");
    await release({ ...deciding, payment: other });
  }
}

/** Another transfer of an order that is taken back: nothing decided about it stands. */
async function release(deciding: Deciding): Promise<void> {
  const { db, payment, actor, reason, requestId } = deciding;
  const standing = await listStanding(db, payment.id);
  const fate = await fateWithout(deciding, standing);
  for (const decision of standing) await voidDecision(deciding, decision);
  await setFate(db, { paymentId: payment.id, ...fate });
  await recordChange(db, {
    actor,
    action: "payment.release",
    subject: `payment:${payment.id}`,
    before: fateOf(payment),
    after: fateOf(fate),
    reason,
    requestId,
  });
}

/** The counter-entry to what else was decided about it: its order is gone. */
async function voidDecision(deciding: Deciding, decision: Standing[number]): Promise<void> {
  const { db, payment, actor, reason } = deciding;
  const { id: undoesId, orderId, orgId } = decision;
  await insertDecision(db, {
    id: randomUUID(),
    action: "undo",
    ...{ paymentId: payment.id, undoesId, orderId, orgId },
    ...{ stateBefore: payment.state, actor, reason },
  });
}

/** What a payment is when none of these decisions stands: as it was before the first of them. */
async function fateWithout({ db, payment }: Deciding, standing: Standing): Promise<Fate> {
  const first = standing.find(({ action }) => action !== "refund") ?? standing[0];
  if (first === undefined) return waitsAgain(payment);
  const before = fateBefore.parse(await findFateBefore(db, payment.id, first.id));
  return before.state === "applied" ? waitsAgain(payment) : asBefore(db, payment, before);
}

/** Money whose order is refunded is what comes for an order that is over: finance decides anew. */
function waitsAgain(payment: PaymentRow): Fate {
  const reason = reasonOf(payment) ?? "already_paid";
  const orderId = reason === "short" ? null : payment.orderId;
  return { state: "unmatched", reason, orderId, orgId: payment.orgId, decidedBy: null };
}

/** As it was; but a part counts again only for an order that still lacks more than that. */
async function asBefore(
  db: Queryable,
  payment: PaymentRow,
  before: z.output<typeof fateBefore>,
): Promise<Fate> {
  const fate = { ...before, decidedBy: null };
  const isPart = before.state === "unmatched" && before.reason === "short";
  if (!isPart || before.orderId === null) return fate;
  const order = await lockOrder(db, before.orderId);
  const isOver = order === null || order.state === "paid" || order.state === "refunded";
  if (isOver) return { ...fate, orderId: null };
  const countsMicroVnd = order.paidMicroVnd + (payment.amountMicroVnd ?? 0n);
  return countsMicroVnd < order.priceMicroVnd ? fate : { ...fate, orderId: null };
}
