import { and, asc, desc, eq, gt, isNull, lte, min, or, sql } from "drizzle-orm";
import { operations } from "@drizzle/schema/jobs.ts";
import { exchangeRates } from "@drizzle/schema/rates.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type StoredRate = typeof exchangeRates.$inferSelect;

/** Where the last confirmation of the rate is kept: one row, whose `created_at` is the instant. */
const CONFIRMED = { scope: "exchange_rate.confirmed", key: "last" } as const;

/** The product's clock, up to the next whole millisecond: the resolution rates are chosen at. */
export async function readNow(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now() + interval '999 microseconds') as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}

/** Makes changes of the rate wait for each other until the transaction ends. */
export async function lockRates(db: Queryable): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('pho-chat exchange rate'))`);
}

/** Whether a rate holds at an instant or will. */
export async function hasRateFrom(db: Queryable, instant: Date): Promise<boolean> {
  const [row] = await db
    .select({ id: exchangeRates.id })
    .from(exchangeRates)
    .where(or(isNull(exchangeRates.validTo), gt(exchangeRates.validTo, instant)))
    .limit(1);
  return row !== undefined;
}

/** The rate that holds at an instant. */
export async function findRateAt(db: Queryable, instant: Date): Promise<StoredRate | null> {
  const [row] = await db.select().from(exchangeRates).where(holdsAt(instant));
  return row ?? null;
}

/** The last rate that began before an instant, though it may have ended. */
export async function findLastRate(db: Queryable, instant: Date): Promise<StoredRate | null> {
  const [row] = await db
    .select()
    .from(exchangeRates)
    .where(lte(exchangeRates.validFrom, instant))
    .orderBy(desc(exchangeRates.validFrom), asc(exchangeRates.createdAt))
    .limit(1);
  return row ?? null;
}

export async function endRateAt(db: Queryable, instant: Date): Promise<void> {
  await db.update(exchangeRates).set({ validTo: instant }).where(holdsAt(instant));
}

/** When the next planned rate begins, after an instant; null = none is planned. */
export async function nextPlannedAt(db: Queryable, instant: Date): Promise<Date | null> {
  const [row] = await db
    .select({ at: min(exchangeRates.validFrom) })
    .from(exchangeRates)
    .where(
      and(
        gt(exchangeRates.validFrom, instant),
        or(isNull(exchangeRates.validTo), gt(exchangeRates.validTo, exchangeRates.validFrom)),
      ),
    );
  return row?.at ?? null;
}

export async function insertRate(
  db: Queryable,
  row: typeof exchangeRates.$inferInsert,
): Promise<StoredRate> {
  const [inserted] = await db.insert(exchangeRates).values(row).returning();
  if (inserted === undefined) throw new Error("the rate was not inserted");
  return inserted;
}

/** Notes that a source just named the rate that holds, or one that replaced it. */
export async function confirmRate(db: Queryable, source: string): Promise<void> {
  await db
    .insert(operations)
    .values({ ...CONFIRMED, bodyHash: "", result: { source } })
    .onConflictDoUpdate({
      target: [operations.scope, operations.key],
      set: { createdAt: sql`app_now()`, result: { source } },
    });
}

export async function findConfirmedAt(db: Queryable): Promise<Date | null> {
  const [row] = await db
    .select({ at: operations.createdAt })
    .from(operations)
    .where(and(eq(operations.scope, CONFIRMED.scope), eq(operations.key, CONFIRMED.key)));
  return row?.at ?? null;
}

function holdsAt(instant: Date) {
  return and(
    lte(exchangeRates.validFrom, instant),
    or(isNull(exchangeRates.validTo), gt(exchangeRates.validTo, instant)),
  );
}
