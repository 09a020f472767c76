import { and, asc, count, desc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import { users } from "@drizzle/schema/identity.ts";
import { orders } from "@drizzle/schema/payments.ts";
import { plans, subscriptions } from "@drizzle/schema/plans.ts";
import { subscriptionCycles } from "@drizzle/schema/subscription-cycles.ts";
import type { ChainStart } from "@/domain/entitlement/subscription-chain.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type OrderState = "open" | "partially_paid" | "paid" | "expired" | "cancelled" | "refunded";

const orderColumns = {
  id: orders.id,
  code: orders.code,
  orgId: orders.orgId,
  userId: orders.userId,
  kind: sql<"plan" | "top_up">`${orders.kind}`,
  planId: orders.planId,
  planSnapshot: orders.planSnapshot,
  priceMicroVnd: orders.priceMicroVnd,
  starts: sql<"now" | "period_end" | null>`${orders.starts}`,
  state: sql<OrderState>`${orders.state}`,
  expiresAt: orders.expiresAt,
  paidAt: orders.paidAt,
  createdAt: orders.createdAt,
  /** What counts for it: applied transfers and the parts of a price that is not full yet. */
  paidMicroVnd: sql<bigint>`(
    select coalesce(sum(p.amount_micro_vnd), 0)::text from payments p
     where p.order_id = orders.id and p.direction = 'in'
       and (p.state = 'applied' or p.state = 'unmatched' and p.reason = 'short'))`.mapWith(BigInt),
};

/** An order with the verified money that came for it so far. */
export type OrderRow = {
  readonly id: string;
  readonly code: string;
  readonly orgId: string;
  readonly userId: string;
  readonly kind: "plan" | "top_up";
  readonly planId: string | null;
  readonly planSnapshot: typeof orders.$inferSelect.planSnapshot;
  readonly priceMicroVnd: bigint;
  readonly starts: "now" | "period_end" | null;
  readonly state: OrderState;
  readonly expiresAt: Date;
  readonly paidAt: Date | null;
  readonly createdAt: Date;
  readonly paidMicroVnd: bigint;
};

const isLiving = inArray(orders.state, ["open", "partially_paid"]);

/** One at a time opens orders of an organisation. In front of the orders' own locks. */
export async function lockOrdersOf(db: Queryable, orgId: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`orders:${orgId}`}, 0))`);
}

/**
 * Locks by id, so that nobody waits in a circle; what is read afterwards stands until the end of
 * the transaction.
 */
export async function lockOrdersByCode(
  db: Queryable,
  codes: readonly string[],
): Promise<OrderRow[]> {
  if (codes.length === 0) return [];
  const named = inArray(orders.code, [...codes]);
  await db
    .select({ id: orders.id })
    .from(orders)
    .where(named)
    .orderBy(asc(orders.id))
    .for("no key update");
  return db.select(orderColumns).from(orders).where(named).orderBy(asc(orders.id));
}

/** An order under its lock, of whatever organisation; null when there is none. */
export async function lockOrder(db: Queryable, orderId: string): Promise<OrderRow | null> {
  await db
    .select({ id: orders.id })
    .from(orders)
    .where(eq(orders.id, orderId))
    .for("no key update");
  const [row] = await db.select(orderColumns).from(orders).where(eq(orders.id, orderId));
  return row ?? null;
}

export async function findOrder(
  db: Queryable,
  key: { readonly orgId: string; readonly orderId: string },
): Promise<OrderRow | null> {
  const [row] = await db
    .select(orderColumns)
    .from(orders)
    .where(and(eq(orders.id, key.orderId), eq(orders.orgId, key.orgId)));
  return row ?? null;
}

/** Newest first. */
export async function listOrderRows(
  db: Queryable,
  page: { readonly orgId: string; readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly rows: OrderRow[] }> {
  const [counted] = await db
    .select({ total: count() })
    .from(orders)
    .where(eq(orders.orgId, page.orgId));
  const rows = await db
    .select(orderColumns)
    .from(orders)
    .where(eq(orders.orgId, page.orgId))
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(page.limit)
    .offset(page.offset);
  return { total: counted?.total ?? 0, rows };
}

/** Under the organisation's lock: the living order for the same thing, if there is one. */
export async function findLivingOrder(
  db: Queryable,
  wanted: { readonly orgId: string } & (
    { readonly planId: string } | { readonly priceMicroVnd: bigint }
  ),
): Promise<OrderRow | null> {
  const same =
    "planId" in wanted
      ? and(eq(orders.kind, "plan"), eq(orders.planId, wanted.planId))
      : and(eq(orders.kind, "top_up"), eq(orders.priceMicroVnd, wanted.priceMicroVnd));
  const [row] = await db
    .select(orderColumns)
    .from(orders)
    .where(and(eq(orders.orgId, wanted.orgId), same, isLiving))
    .orderBy(desc(orders.createdAt))
    .limit(1);
  return row ?? null;
}

/** @returns null when the code is taken. */
export async function insertOrder(
  db: Queryable,
  row: Omit<typeof orders.$inferInsert, "id" | "state" | "paidAt" | "createdAt">,
): Promise<string | null> {
  const [inserted] = await db
    .insert(orders)
    .values(row)
    .onConflictDoNothing({ target: orders.code })
    .returning({ id: orders.id });
  return inserted?.id ?? null;
}

/** Moves an order that is still in one of the states `from`. @returns whether it was. */
export async function moveOrder(
  db: Queryable,
  move: {
    readonly orderId: string;
    readonly from: readonly OrderState[];
    readonly to: OrderState;
  },
): Promise<boolean> {
  const moved = await db
    .update(orders)
    .set({ state: move.to, ...(move.to === "paid" ? { paidAt: sql`app_now()` } : {}) })
    .where(and(eq(orders.id, move.orderId), inArray(orders.state, [...move.from])))
    .returning({ id: orders.id });
  return moved.length > 0;
}

/**
 * Ends the living orders whose time is over, of one organisation or of all; those that somebody
 * else holds are left to the next run. @returns what had been paid on each.
 */
export async function endOverdueOrders(
  db: Queryable,
  which: { readonly orgId: string | null; readonly limit: number },
): Promise<{ id: string; code: string; isPartlyPaid: boolean }[]> {
  const overdue = await db
    .select({
      id: orders.id,
      code: orders.code,
      isPartlyPaid: sql<boolean>`${orders.state} = 'partially_paid'`,
    })
    .from(orders)
    .where(
      and(
        isLiving,
        lte(orders.expiresAt, sql`app_now()`),
        which.orgId === null ? undefined : eq(orders.orgId, which.orgId),
      ),
    )
    .orderBy(asc(orders.id))
    .limit(which.limit)
    .for("no key update", { skipLocked: true });
  if (overdue.length === 0) return [];
  const ids = overdue.map(({ id }) => id);
  await db.update(orders).set({ state: "expired" }).where(inArray(orders.id, ids));
  return overdue;
}

/** A plan that is sold at present. */
export async function findSoldPlan(db: Queryable, planId: string) {
  const [row] = await db
    .select()
    .from(plans)
    .where(and(eq(plans.id, planId), eq(plans.enabled, true), inArray(plans.billing, PAID)));
  return row ?? null;
}

const PAID = ["monthly", "yearly"];

/** Until when the organisation has paid, if that is ahead. */
export async function findPaidUntil(
  db: Queryable,
  orgId: string,
  instant: Date,
): Promise<Date | null> {
  const [row] = await db
    .select({ paidUntil: subscriptions.paidUntil })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.orgId, orgId),
        inArray(subscriptions.state, ["active", "cancelled"]),
        gt(subscriptions.paidUntil, instant),
      ),
    )
    .orderBy(desc(subscriptions.paidUntil))
    .limit(1);
  return row?.paidUntil ?? null;
}

/** Where the cycles of each order stand in their chains, reversed ones too. */
export async function listCyclesOf(
  db: Queryable,
  orderIds: readonly string[],
): Promise<(ChainStart & { readonly orderId: string | null; readonly ordinal: number })[]> {
  if (orderIds.length === 0) return [];
  return db
    .select({
      orderId: subscriptionCycles.orderId,
      anchorAt: subscriptions.anchorAt,
      startsAt: subscriptions.startsAt,
      ordinal: subscriptionCycles.ordinal,
    })
    .from(subscriptionCycles)
    .innerJoin(subscriptions, eq(subscriptions.id, subscriptionCycles.subscriptionId))
    .where(inArray(subscriptionCycles.orderId, [...orderIds]));
}

/** The name on a confirmation; the e-mail of somebody without one. */
export async function findPayerName(db: Queryable, userId: string): Promise<string> {
  const [row] = await db
    .select({
      name: sql<string>`coalesce(nullif(trim(${users.name}), ''), ${users.email}, '')`,
    })
    .from(users)
    .where(eq(users.id, userId));
  return row?.name ?? "";
}
