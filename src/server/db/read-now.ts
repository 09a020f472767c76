import { sql } from "drizzle-orm";
import type { Queryable } from "./with-transaction.ts";

/** The product's clock, for what is no request of a person's (those have `ctx.now`). */
export async function readNow(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}
