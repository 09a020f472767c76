import { and, asc, eq, gt, inArray, isNull, lte, min, or, sql } from "drizzle-orm";
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

/** The product's clock, up to the next whole millisecond: the resolution prices are chosen at. */
export async function readNow(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now() + interval '999 microseconds') as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}

/** Makes changes of one model's price wait for each other. @returns null for an unknown model. */
export async function lockModel(db: Queryable, modelId: string) {
  const [row] = await db.select().from(models).where(eq(models.id, modelId)).for("no key update");
  return row ?? null;
}

/** Every model with its price rows that hold or will hold at an instant. */
export async function listModelsWithPrices(db: Queryable, instant: Date) {
  const [allModels, prices] = await Promise.all([
    db.select().from(models).orderBy(asc(models.id)),
    db.select().from(modelPrices).orderBy(asc(modelPrices.contextTokensMin)),
  ]);
  return allModels.map((model) => {
    const own = prices.filter((price) => price.modelId === model.id);
    return {
      ...model,
      hasHistory: own.length > 0,
      current: own.filter(
        ({ validFrom, validTo }) => validFrom <= instant && (validTo === null || validTo > instant),
      ),
    };
  });
}

/** The rows that price a model at an instant. */
export async function listPricesAt(db: Queryable, modelId: string, instant: Date) {
  return db
    .select()
    .from(modelPrices)
    .where(and(eq(modelPrices.modelId, modelId), holdsAt(instant)));
}

/** Whether any of the models has a price that holds at an instant or will. */
export async function hasPriceFrom(
  db: Queryable,
  modelIds: readonly string[],
  instant: Date,
): Promise<boolean> {
  const [row] = await db
    .select({ id: modelPrices.id })
    .from(modelPrices)
    .where(
      and(
        inArray(modelPrices.modelId, [...modelIds]),
        or(isNull(modelPrices.validTo), gt(modelPrices.validTo, instant)),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/** Ends what holds at an instant; what is planned for later stays. @returns the ended rows. */
export async function endPricesAt(db: Queryable, modelId: string, instant: Date) {
  return db
    .update(modelPrices)
    .set({ validTo: instant })
    .where(and(eq(modelPrices.modelId, modelId), holdsAt(instant)))
    .returning();
}

/** Ends what holds at an instant and withdraws what is planned for later. @returns those rows. */
export async function endAllPrices(db: Queryable, modelId: string, instant: Date) {
  const from = sql`greatest(${modelPrices.validFrom}, ${instant.toISOString()}::timestamptz)`;
  return db
    .update(modelPrices)
    .set({ validTo: from })
    .where(
      and(
        eq(modelPrices.modelId, modelId),
        or(isNull(modelPrices.validTo), sql`${modelPrices.validTo} > ${from}`),
      ),
    )
    .returning();
}

/** When the next version planned for a model begins, after an instant; null = none is planned. */
export async function nextPlannedAt(
  db: Queryable,
  modelId: string,
  instant: Date,
): Promise<Date | null> {
  const [row] = await db
    .select({ at: min(modelPrices.validFrom) })
    .from(modelPrices)
    .where(
      and(
        eq(modelPrices.modelId, modelId),
        gt(modelPrices.validFrom, instant),
        or(isNull(modelPrices.validTo), gt(modelPrices.validTo, modelPrices.validFrom)),
      ),
    );
  return row?.at ?? null;
}

export async function insertPrices(
  db: Queryable,
  rows: readonly (typeof modelPrices.$inferInsert)[],
): Promise<void> {
  await db.insert(modelPrices).values([...rows]);
}

function holdsAt(instant: Date) {
  return and(
    lte(modelPrices.validFrom, instant),
    or(isNull(modelPrices.validTo), gt(modelPrices.validTo, instant)),
  );
}
