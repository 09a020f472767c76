import { and, desc, eq, gt, inArray, sql } from "drizzle-orm";
import { budgetOverrides, userCostSettings } from "@drizzle/schema/budgets.ts";
import { dailyCounters } from "@drizzle/schema/ledger.ts";
import { plans, subscriptions } from "@drizzle/schema/plans.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export async function findSubscriptionAt(db: Queryable, orgId: string, instant: Date) {
  const [row] = await db
    .select({ subscription: subscriptions, plan: plans })
    .from(subscriptions)
    .innerJoin(plans, eq(plans.id, subscriptions.planId))
    .where(
      and(
        eq(subscriptions.orgId, orgId),
        inArray(subscriptions.state, ["active", "cancelled"]),
        sql`${subscriptions.anchorAt} <= ${instant.toISOString()}`,
        gt(subscriptions.paidUntil, instant),
      ),
    )
    .orderBy(desc(subscriptions.anchorAt))
    .limit(1);
  return row ?? null;
}

export async function findPlan(db: Queryable, planId: string) {
  const [row] = await db.select().from(plans).where(eq(plans.id, planId));
  return row ?? null;
}

export async function findOverrideAt(db: Queryable, orgId: string, instant: Date) {
  const [row] = await db
    .select()
    .from(budgetOverrides)
    .where(and(eq(budgetOverrides.orgId, orgId), gt(budgetOverrides.expiresAt, instant)))
    .orderBy(desc(budgetOverrides.createdAt))
    .limit(1);
  return row ?? null;
}

export async function insertOverride(
  db: Queryable,
  row: typeof budgetOverrides.$inferInsert,
): Promise<void> {
  await db.insert(budgetOverrides).values(row);
}

export async function findCostSettings(db: Queryable, orgId: string, userId: string) {
  const [row] = await db
    .select()
    .from(userCostSettings)
    .where(and(eq(userCostSettings.orgId, orgId), eq(userCostSettings.userId, userId)));
  return row ?? null;
}

export type CostSettingsChange = Partial<
  Omit<typeof userCostSettings.$inferInsert, "orgId" | "userId" | "createdAt" | "updatedAt">
>;

export async function upsertCostSettings(
  db: Queryable,
  key: { readonly orgId: string; readonly userId: string },
  change: CostSettingsChange,
) {
  const [row] = await db
    .insert(userCostSettings)
    .values({ ...key, ...change })
    .onConflictDoUpdate({
      target: [userCostSettings.orgId, userCostSettings.userId],
      set: { ...change, updatedAt: sql`app_now()` },
    })
    .returning();
  if (row === undefined) throw new Error("upsert returned no settings");
  return row;
}

export async function countMessagesOn(db: Queryable, orgId: string, day: string): Promise<number> {
  const [row] = await db
    .select({ messages: dailyCounters.messages })
    .from(dailyCounters)
    .where(
      and(
        eq(dailyCounters.scope, "org"),
        eq(dailyCounters.subjectId, orgId),
        eq(dailyCounters.day, day),
      ),
    );
  return row?.messages ?? 0;
}
