import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { operations } from "@drizzle/schema/jobs.ts";
import { bankLines, payments } from "@drizzle/schema/payments.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type NewBankLine = typeof bankLines.$inferInsert;

/**
 * Where the last complete reading of the list is kept: one row, its `created_at`, and the first day
 * any reading covered.
 */
const READ = { scope: "bank_list.read", key: "last" } as const;

/** Of these lines, the ones we have. */
export async function findKnownLines(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: bankLines.id })
    .from(bankLines)
    .where(inArray(bankLines.id, [...ids]));
  return new Set(rows.map(({ id }) => id));
}

/** @returns false when we have it. */
export async function insertLine(db: Queryable, line: NewBankLine): Promise<boolean> {
  const rows = await db
    .insert(bankLines)
    .values(line)
    .onConflictDoNothing()
    .returning({ id: bankLines.id });
  return rows.length > 0;
}

/** The payment of a transfer no webhook told of. @returns its id. */
export async function insertListedPayment(db: Queryable, line: NewBankLine): Promise<string> {
  const [row] = await db
    .insert(payments)
    .values({
      provider: line.provider,
      bankLineId: line.id,
      direction: line.direction,
      amountMicroVnd: line.amountMicroVnd,
      accountNumber: line.accountNumber,
      subAccount: line.subAccount ?? "",
      content: line.content,
      code: line.code ?? null,
      referenceCode: line.referenceCode ?? "",
      occurredAt: line.occurredAt,
      verifiedBy: "transaction_list",
    })
    .returning({ id: payments.id });
  if (row === undefined) throw new Error("the payment was not inserted");
  return row.id;
}

/**
 * Notes that the bank's list has this payment too. One that nobody had vouched for is now believed
 * and goes back to `received`, to be judged again; what a person decided stays.
 * @returns whether it is to be applied.
 */
export async function joinLine(
  db: Queryable,
  { paymentId, lineId }: { readonly paymentId: string; readonly lineId: string },
): Promise<boolean> {
  const waits = sql`(${payments.verifiedBy} is null and ${payments.decidedBy} is null)`;
  const [row] = await db
    .update(payments)
    .set({
      bankLineId: lineId,
      verifiedBy: sql`coalesce(${payments.verifiedBy}, 'transaction_list')`,
      state: sql`case when ${waits} then 'received' else ${payments.state} end`,
      reason: sql`case when ${waits} then null else ${payments.reason} end`,
      updatedAt: sql`app_now()`,
    })
    .where(and(eq(payments.id, paymentId), isNull(payments.bankLineId)))
    .returning({ state: payments.state });
  if (row === undefined) throw new Error("the payment got another line meanwhile");
  return row.state === "received";
}

/** Notes that the list was just read to its end, from a day (`YYYY-MM-DD`) on. */
export async function confirmListRead(db: Queryable, fromDay: string): Promise<void> {
  await db
    .insert(operations)
    .values({ ...READ, bodyHash: "", result: { fromDay } })
    .onConflictDoUpdate({
      target: [operations.scope, operations.key],
      set: {
        createdAt: sql`app_now()`,
        result: sql`jsonb_build_object('fromDay', least(${operations.result}->>'fromDay', ${fromDay}::text))`,
      },
    });
}

export type ListRead = { readonly at: Date; readonly fromDay: string };

export async function findListRead(db: Queryable): Promise<ListRead | null> {
  const [row] = await db
    .select({ at: operations.createdAt, fromDay: sql<string>`${operations.result}->>'fromDay'` })
    .from(operations)
    .where(and(eq(operations.scope, READ.scope), eq(operations.key, READ.key)));
  return row ?? null;
}
