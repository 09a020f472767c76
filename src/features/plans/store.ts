import { asc, eq } from "drizzle-orm";
import { plans, subscriptions } from "@drizzle/schema/plans.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export async function findPlanById(db: Queryable, planId: string) {
  const [row] = await db.select().from(plans).where(eq(plans.id, planId));
  return row ?? null;
}

export function listEnabledPlans(db: Queryable) {
  return db
    .select()
    .from(plans)
    .where(eq(plans.enabled, true))
    .orderBy(asc(plans.priceMicroVnd), asc(plans.id));
}

export async function insertSubscription(
  db: Queryable,
  row: typeof subscriptions.$inferInsert,
): Promise<void> {
  await db.insert(subscriptions).values(row);
}
