import { and, eq, isNull, sql } from "drizzle-orm";
import { modelPrices, models } from "@drizzle/schema/models.ts";
import type { Db } from "@/server/db/client.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export async function readCatalogue(db: Db, knownVersion: string): Promise<unknown> {
  const [row] = await db.$client<
    { catalogue: unknown }[]
  >`select read_catalogue(${knownVersion}::bigint) as catalogue`;
  return row?.catalogue ?? null;
}

export async function findModel(db: Queryable, modelId: string) {
  const [row] = await db.select().from(models).where(eq(models.id, modelId));
  return row ?? null;
}

export async function insertModel(db: Queryable, row: typeof models.$inferInsert): Promise<void> {
  await db.insert(models).values(row);
}

export async function updateQualityCurve(
  db: Queryable,
  modelId: string,
  qualityCurve: (typeof models.$inferInsert)["qualityCurve"],
): Promise<void> {
  await db.update(models).set({ qualityCurve }).where(eq(models.id, modelId));
}

/** The product's clock to the millisecond: the resolution every price is chosen at. */
export async function readNow(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}

/** Ends every open price of a model at an instant. @returns the ended rows. */
export async function endOpenPrices(db: Queryable, modelId: string, validTo: Date) {
  return db
    .update(modelPrices)
    .set({ validTo })
    .where(and(eq(modelPrices.modelId, modelId), isNull(modelPrices.validTo)))
    .returning();
}

export async function insertPrice(
  db: Queryable,
  row: typeof modelPrices.$inferInsert,
): Promise<void> {
  await db.insert(modelPrices).values(row);
}
