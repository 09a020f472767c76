import { and, asc, eq, gt, ne } from "drizzle-orm";
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

/** Paid for beyond the instant, begun or not. */
export async function findUnfinishedSubscription(db: Queryable, orgId: string, instant: Date) {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.orgId, orgId),
        ne(subscriptions.state, "ended"),
        gt(subscriptions.paidUntil, instant),
      ),
    )
    .limit(1);
  return row ?? null;
}
