import { and, asc, eq, isNull, ne, sql } from "drizzle-orm";
import { payments, webhookEvents } from "@drizzle/schema/payments.ts";
import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** A source of news about transfers. */
export type TwinSource = "webhook" | "line";

/** Held to the end of the transaction. */
export async function holdTransferLock(db: Queryable, transfer: string): Promise<void> {
  await db.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`transfer:${transfer}`}::text, 0))`,
  );
}

/** Payments of that account, amount and instant the source has not told of, oldest first, locked. */
export async function listTwins(
  db: Queryable,
  transfer: Pick<TransferNotice, "accountNumber" | "direction"> & {
    readonly amountMicroVnd: bigint;
    readonly occurredAt: Date;
  },
  missing: TwinSource,
) {
  const { accountNumber, direction, amountMicroVnd, occurredAt } = transfer;
  return db
    .select({
      id: payments.id,
      code: payments.code,
      content: payments.content,
      description: payments.description,
      referenceCode: payments.referenceCode,
    })
    .from(payments)
    .where(
      and(
        isNull(missing === "webhook" ? payments.webhookEventId : payments.bankLineId),
        eq(payments.occurredAt, occurredAt),
        eq(payments.accountNumber, accountNumber),
        eq(payments.direction, direction),
        eq(payments.amountMicroVnd, amountMicroVnd),
      ),
    )
    .orderBy(asc(payments.createdAt), asc(payments.id))
    .for("no key update");
}

/** @returns the event's id, or null when it was stored before. */
export async function insertEvent(
  db: Queryable,
  event: typeof webhookEvents.$inferInsert,
): Promise<string | null> {
  const [row] = await db
    .insert(webhookEvents)
    .values(event)
    .onConflictDoNothing({ target: [webhookEvents.provider, webhookEvents.eventKey] })
    .returning({ id: webhookEvents.id });
  return row?.id ?? null;
}

/** The payment a stored event told of. */
export async function findPaymentOfEvent(
  db: Queryable,
  event: { readonly provider: string; readonly eventKey: string },
) {
  const [row] = await db
    .select({ payment: payments })
    .from(webhookEvents)
    .innerJoin(payments, eq(payments.webhookEventId, webhookEvents.id))
    .where(
      and(eq(webhookEvents.provider, event.provider), eq(webhookEvents.eventKey, event.eventKey)),
    );
  return row?.payment ?? null;
}

export async function insertPayment(
  db: Queryable,
  payment: typeof payments.$inferInsert,
): Promise<string> {
  const [row] = await db.insert(payments).values(payment).returning({ id: payments.id });
  if (row === undefined) throw new Error("the payment was not inserted");
  return row.id;
}

/** The webhook told, late, of what the bank's list had told of. */
export async function joinEvent(
  db: Queryable,
  link: { readonly paymentId: string; readonly eventId: string },
): Promise<void> {
  const rows = await db
    .update(payments)
    .set({ webhookEventId: link.eventId, updatedAt: sql`app_now()` })
    .where(and(eq(payments.id, link.paymentId), isNull(payments.webhookEventId)))
    .returning({ id: payments.id });
  if (rows.length === 0) throw new Error("the payment got another event meanwhile");
}

/**
 * What waited to be believed is true and is judged again, unless somebody of finance has decided.
 * @returns whether it waited.
 */
export async function believePayment(
  db: Queryable,
  proof: { readonly paymentId: string; readonly verifiedBy: string },
): Promise<boolean> {
  const rows = await db
    .update(payments)
    .set({
      verifiedBy: proof.verifiedBy,
      state: "received",
      reason: null,
      updatedAt: sql`app_now()`,
    })
    .where(
      and(
        eq(payments.id, proof.paymentId),
        isNull(payments.verifiedBy),
        isNull(payments.decidedBy),
        ne(payments.state, "applied"),
      ),
    )
    .returning({ id: payments.id });
  return rows.length > 0;
}
