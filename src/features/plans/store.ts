import { and, asc, desc, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import { plans, subscriptions } from "@drizzle/schema/plans.ts";
import { subscriptionCycles } from "@drizzle/schema/subscription-cycles.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type { PlanSnapshot } from "@drizzle/schema/payments.ts";
export type Plan = typeof plans.$inferSelect;
export type Subscription = typeof subscriptions.$inferSelect;
export type Cycle = typeof subscriptionCycles.$inferSelect;

export async function findPlanById(db: Queryable, planId: string): Promise<Plan | null> {
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

export function listAllPlans(db: Queryable) {
  return db.select().from(plans).orderBy(asc(plans.priceMicroVnd), asc(plans.id));
}

/** The row's lock, in front of a decision about its terms. */
export async function lockPlan(db: Queryable, planId: string): Promise<Plan | null> {
  const [row] = await db.select().from(plans).where(eq(plans.id, planId)).for("no key update");
  return row ?? null;
}

export async function updatePlan(
  db: Queryable,
  planId: string,
  change: Partial<Pick<Plan, "priceMicroVnd" | "budgetRatioBp" | "enabled">>,
): Promise<void> {
  await db.update(plans).set(change).where(eq(plans.id, planId));
}

/** When a chain's first cycle begins. */
const began = sql`coalesce(${subscriptions.startsAt}, ${subscriptions.anchorAt})`;

/** The chain that is paid for beyond the instant; the database knows one at a time. */
export async function findChainAt(
  db: Queryable,
  orgId: string,
  instant: Date,
): Promise<Subscription | null> {
  const [row] = await db
    .select()
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.orgId, orgId),
        inArray(subscriptions.state, ["active", "cancelled"]),
        gt(subscriptions.paidUntil, instant),
      ),
    )
    .orderBy(desc(began))
    .limit(1);
  return row ?? null;
}

/** The cycles of a chain that count, in order. */
export function listCycles(db: Queryable, subscriptionId: string): Promise<Cycle[]> {
  return db
    .select()
    .from(subscriptionCycles)
    .where(
      and(
        eq(subscriptionCycles.subscriptionId, subscriptionId),
        isNull(subscriptionCycles.reversedAt),
      ),
    )
    .orderBy(asc(subscriptionCycles.ordinal));
}

/** What an order bought, reversed or not, with the anchors of the chains it stands in now. */
export function listCyclesOfOrder(db: Queryable, orderId: string) {
  return db
    .select({ cycle: subscriptionCycles, chain: subscriptions })
    .from(subscriptionCycles)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionCycles.subscriptionId))
    .where(eq(subscriptionCycles.orderId, orderId))
    .orderBy(asc(began), asc(subscriptionCycles.ordinal));
}

export async function insertChain(
  db: Queryable,
  row: typeof subscriptions.$inferInsert,
): Promise<string> {
  const [inserted] = await db.insert(subscriptions).values(row).returning({ id: subscriptions.id });
  if (inserted === undefined) throw new Error("insert returned no subscription");
  return inserted.id;
}

export type ChainChange = Partial<Pick<Subscription, "paidUntil" | "state" | "endedAt">>;

export async function updateChain(db: Queryable, id: string, change: ChainChange): Promise<void> {
  await db.update(subscriptions).set(change).where(eq(subscriptions.id, id));
}

/** Chains whose end is behind and that no job has ended yet. */
export async function endLapsedChains(db: Queryable, orgId: string, instant: Date): Promise<void> {
  await db
    .update(subscriptions)
    .set({ state: "ended", endedAt: sql`${subscriptions.paidUntil}` })
    .where(
      and(
        eq(subscriptions.orgId, orgId),
        inArray(subscriptions.state, ["active", "cancelled"]),
        lte(subscriptions.paidUntil, instant),
      ),
    );
}

export type NewCycles = {
  readonly subscriptionId: string;
  readonly firstOrdinal: number;
  readonly months: number;
  readonly planId: string;
  readonly limitMicroVnd: bigint;
  readonly orderId: string | null;
};

export async function insertCycles(db: Queryable, cycles: NewCycles): Promise<void> {
  const { firstOrdinal, months, ...shared } = cycles;
  await db.insert(subscriptionCycles).values(
    Array.from({ length: months }, (_, index) => ({
      ...shared,
      ordinal: firstOrdinal + index,
    })),
  );
}

/**
 * Puts cycles at the given places of a chain, one by one in the order given: a place must be free
 * when its turn comes.
 */
export async function moveCycles(
  db: Queryable,
  cycles: readonly Pick<Cycle, "id">[],
  to: { readonly subscriptionId: string; readonly firstOrdinal: number },
): Promise<void> {
  for (const [index, { id }] of cycles.entries()) {
    await db
      .update(subscriptionCycles)
      .set({ subscriptionId: to.subscriptionId, ordinal: to.firstOrdinal + index })
      .where(eq(subscriptionCycles.id, id));
  }
}

export async function reverseCycles(
  db: Queryable,
  cycles: readonly Pick<Cycle, "id">[],
  at: Date,
): Promise<void> {
  if (cycles.length === 0) return;
  const ids = cycles.map(({ id }) => id);
  await db
    .update(subscriptionCycles)
    .set({ reversedAt: at })
    .where(and(inArray(subscriptionCycles.id, ids), isNull(subscriptionCycles.reversedAt)));
}

/** How many organisations each plan serves at present, by the cycle that runs; the rest is free. */
export async function countSubscribers(
  db: Queryable,
): Promise<{ readonly paid: ReadonlyMap<string, number>; readonly free: number }> {
  const rows = await db.execute<{ plan_id: string; subscribers: number }>(sql`
    select c.plan_id, count(distinct s.org_id)::int as subscribers
      from subscriptions s join subscription_cycles c on c.subscription_id = s.id and c.reversed_at is null
     where s.state in ('active', 'cancelled') and s.paid_until > app_now()
       and coalesce(s.starts_at, s.anchor_at) <= app_now()
       and add_months(s.anchor_at, c.ordinal) <= app_now() and add_months(s.anchor_at, c.ordinal + 1) > app_now()
     group by 1`);
  const [all] = await db.execute<{ orgs: number }>(sql`select count(*)::int as orgs from orgs`);
  const paid = new Map(rows.map((row) => [row.plan_id, row.subscribers]));
  const served = [...paid.values()].reduce((sum, count) => sum + count, 0);
  return { paid, free: (all?.orgs ?? 0) - served };
}

/** The product's clock, to the millisecond. */
export async function readClock(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}
