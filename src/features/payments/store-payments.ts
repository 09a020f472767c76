import { and, asc, eq, gt, inArray, isNull, ne, sql } from "drizzle-orm";
import { payments, webhookEvents } from "@drizzle/schema/payments.ts";
import type { PaymentReason } from "@/domain/payments/payment-reasons.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** A transfer with the provider's key of the notice that told of it. */
export type PaymentRow = typeof payments.$inferSelect & { readonly eventKey: string | null };

/** Reasons that may no longer hold later. */
export const MATCHED_AGAIN: readonly PaymentReason[] = ["unknown_code", "money_out"];

export async function findPayment(db: Queryable, paymentId: string): Promise<PaymentRow | null> {
  const [row] = await db
    .select({ payment: payments, eventKey: webhookEvents.eventKey })
    .from(payments)
    .leftJoin(webhookEvents, eq(webhookEvents.id, payments.webhookEventId))
    .where(eq(payments.id, paymentId));
  return row === undefined ? null : { ...row.payment, eventKey: row.eventKey };
}

/** First in the lock order: payment → order → the organisation's periods. */
export async function lockPayment(db: Queryable, paymentId: string): Promise<PaymentRow | null> {
  await db.execute(sql`select 1 from payments where id = ${paymentId}::uuid for no key update`);
  return findPayment(db, paymentId);
}

type Referenced = Pick<PaymentRow, "id" | "accountNumber" | "referenceCode">;

/** Two transfers of one bank reference are judged one after the other. Between payment and order. */
export async function lockReference(db: Queryable, payment: Referenced): Promise<void> {
  if (payment.referenceCode === "") return;
  const name = `payment:${payment.accountNumber}|${payment.referenceCode}`;
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`);
}

/** Whether another transfer of this bank reference was applied or counts for an order. */
export async function hasSameReference(db: Queryable, payment: Referenced): Promise<boolean> {
  if (payment.referenceCode === "") return false;
  const [row] = await db
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        ne(payments.id, payment.id),
        eq(payments.accountNumber, payment.accountNumber),
        eq(payments.referenceCode, payment.referenceCode),
        eq(payments.direction, "in"),
        sql`(${payments.state} = 'applied' or ${payments.state} = 'unmatched' and ${payments.reason} = 'short')`,
      ),
    )
    .limit(1);
  return row !== undefined;
}

/** What became of a transfer. */
export type PaymentFate = {
  readonly paymentId: string;
  readonly state: "applied" | "unmatched" | "ignored" | "review";
  readonly reason: PaymentReason | null;
  readonly orderId: string | null;
  readonly orgId: string | null;
  readonly decidedBy: string | null;
};

export async function setFate(db: Queryable, fate: PaymentFate): Promise<void> {
  const { paymentId, ...rest } = fate;
  const appliedAt = fate.state === "applied" ? sql`app_now()` : null;
  await db
    .update(payments)
    .set({ ...rest, appliedAt, updatedAt: sql`app_now()` })
    .where(eq(payments.id, paymentId));
}

/** The parts that made up the price together become applied with it. */
export async function applyParts(
  db: Queryable,
  order: { readonly id: string; readonly orgId: string },
): Promise<void> {
  await db
    .update(payments)
    .set({
      state: "applied",
      orgId: order.orgId,
      appliedAt: sql`app_now()`,
      updatedAt: sql`app_now()`,
    })
    .where(
      and(
        eq(payments.orderId, order.id),
        eq(payments.direction, "in"),
        eq(payments.state, "unmatched"),
        eq(payments.reason, "short"),
      ),
    );
}

/** The transfers an order was paid with, in the order they came. */
export function listAppliedTo(db: Queryable, orderId: string): Promise<AppliedPayment[]> {
  return db
    .select({
      id: payments.id,
      amountMicroVnd: sql<bigint>`${payments.amountMicroVnd}`.mapWith(BigInt),
      occurredAt: sql<Date>`coalesce(${payments.occurredAt}, ${payments.createdAt})`.mapWith(
        payments.createdAt,
      ),
      referenceCode: payments.referenceCode,
      reason: payments.reason,
    })
    .from(payments)
    .where(
      and(
        eq(payments.orderId, orderId),
        eq(payments.direction, "in"),
        eq(payments.state, "applied"),
      ),
    )
    .orderBy(asc(payments.createdAt), asc(payments.id));
}

export type AppliedPayment = {
  readonly id: string;
  readonly amountMicroVnd: bigint;
  readonly occurredAt: Date;
  readonly referenceCode: string;
  readonly reason: string | null;
};

/** Stored and not judged yet: whoever was to do it was interrupted. */
export function listReceived(db: Queryable, limit: number): Promise<{ id: string }[]> {
  return db
    .select({ id: payments.id })
    .from(payments)
    .where(eq(payments.state, "received"))
    .orderBy(asc(payments.createdAt), asc(payments.id))
    .limit(limit);
}

/**
 * What another step may cast a new light on: a code that named no order when it came, and money
 * that left before we heard of the payment it gives back.
 */
export function listToMatchAgain(
  db: Queryable,
  which: { readonly hours: number; readonly limit: number },
): Promise<{ id: string }[]> {
  return db
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        inArray(payments.reason, [...MATCHED_AGAIN]),
        inArray(payments.state, ["unmatched", "ignored"]),
        isNull(payments.decidedBy),
        gt(payments.createdAt, sql`app_now() - make_interval(hours => ${which.hours}::int)`),
      ),
    )
    .orderBy(asc(payments.createdAt), asc(payments.id))
    .limit(which.limit);
}

/** Whether any transfer waits for finance; parts of an order that is still open wait for its payer. */
export async function hasWaitingPayments(db: Queryable): Promise<boolean> {
  const [row] = await db.execute<{ waits: boolean }>(sql`
    select exists (
      select 1 from payments p left join orders o on o.id = p.order_id
       where p.state in ('unmatched', 'review')
         and not (p.reason = 'short' and o.state in ('open', 'partially_paid'))) as waits`);
  return row?.waits === true;
}
