import { and, desc, eq, gt, sql } from "drizzle-orm";
import { budgetOverrides, userCostSettings } from "@drizzle/schema/budgets.ts";
import { dailyCounters } from "@drizzle/schema/ledger.ts";
import { plans } from "@drizzle/schema/plans.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** The paid cycle that holds an instant, with the chain it belongs to. */
export type PaidCycle = {
  readonly anchorAt: Date;
  readonly paidUntil: Date;
  readonly planId: string;
  readonly limitMicroVnd: bigint;
};

/**
 * The cycle of the chain that runs at the instant; of chains that ended before or after it, the one
 * that ran then (`hasEnded: true`), whatever became of it since. The n-th cycle's bounds are counted
 * in Vietnam's calendar, as `addMonths` does.
 */
export async function findCycleAt(
  db: Queryable,
  key: { readonly orgId: string; readonly instant: Date; readonly hasEnded: boolean },
): Promise<PaidCycle | null> {
  const at = sql`${key.instant.toISOString()}::timestamptz`;
  const runs = key.hasEnded
    ? sql`(s.ended_at is null or s.ended_at > ${at})`
    : sql`s.state in ('active', 'cancelled')`;
  const [row] = await db.execute<{
    anchor_at: string;
    paid_until: string;
    plan_id: string;
    limit: string;
  }>(sql`
    select s.anchor_at, s.paid_until, c.plan_id, c.limit_micro_vnd::text as limit
      from subscriptions s join subscription_cycles c on c.subscription_id = s.id and c.reversed_at is null
     where s.org_id = ${key.orgId}::uuid and ${runs} and coalesce(s.starts_at, s.anchor_at) <= ${at} and s.paid_until > ${at}
       and add_months(s.anchor_at, c.ordinal) <= ${at} and add_months(s.anchor_at, c.ordinal + 1) > ${at}
     order by coalesce(s.starts_at, s.anchor_at) desc limit 1`);
  if (row === undefined) return null;
  return {
    anchorAt: new Date(row.anchor_at),
    paidUntil: new Date(row.paid_until),
    planId: row.plan_id,
    limitMicroVnd: BigInt(row.limit),
  };
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

/**
 * Under the organisation's lock. Each override is younger than those before it, also when two of
 * them began at one instant: the newest holds.
 */
export async function insertOverride(
  db: Queryable,
  row: Omit<typeof budgetOverrides.$inferInsert, "id" | "createdAt">,
): Promise<string> {
  const [inserted] = await db
    .insert(budgetOverrides)
    .values({
      ...row,
      createdAt: sql`greatest(app_now(), (select max(created_at) + interval '1 microsecond'
                                            from budget_overrides where org_id = ${row.orgId}::uuid))`,
    })
    .returning({ id: budgetOverrides.id });
  if (inserted === undefined) throw new Error("insert returned no override");
  return inserted.id;
}

/** What free periods that began in [from, before) used and hold, micro-VND. */
export async function freeSpendBetween(
  db: Queryable,
  key: { readonly orgId: string; readonly from: Date; readonly before: Date },
): Promise<bigint> {
  const [row] = await db.execute<{ spent: string }>(sql`
    select coalesce(sum(used_micro_vnd + reserved_micro_vnd), 0)::text as spent from budget_periods
     where org_id = ${key.orgId}::uuid and kind = 'calendar'
       and starts_at >= ${key.from.toISOString()}::timestamptz
       and starts_at < ${key.before.toISOString()}::timestamptz`);
  return BigInt(row?.spent ?? "0");
}

/** The product's clock, to the millisecond. */
export async function readClock(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}

/** Organisations whose paid subscription runs and whose present cycle is not open yet. */
export async function listOrgsWithoutCycle(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.execute<{ org_id: string }>(sql`
    select distinct s.org_id from subscriptions s
     where s.state in ('active', 'cancelled') and coalesce(s.starts_at, s.anchor_at) <= app_now() and s.paid_until > app_now()
       and not exists (select 1 from budget_periods p
                        where p.org_id = s.org_id and p.ends_at > app_now())
     limit ${limit}`);
  return rows.map((row) => row.org_id);
}

/** Organisations in whose running period an override of finance ended: their limit may have to go back. */
export async function listOrgsWithEndedOverride(db: Queryable): Promise<string[]> {
  const rows = await db.execute<{ org_id: string }>(sql`
    select distinct p.org_id from budget_periods p join budget_overrides o on o.org_id = p.org_id
     where p.closed_at is null and p.starts_at <= app_now() and p.ends_at > app_now()
       and o.expires_at > p.starts_at and o.expires_at <= app_now()`);
  return rows.map((row) => row.org_id);
}

/** A provider call's log, whose it is and what it has cost after all corrections; null for others. */
export async function findLogTotal(db: Queryable, usageLogId: string) {
  const [row] = await db.execute<{
    orgId: string;
    userId: string;
    periodId: string;
    total: string;
  }>(sql`
    select l.org_id as "orgId", l.user_id as "userId", l.period_id as "periodId",
           (l.cost_micro_vnd + coalesce((select sum(a.cost_micro_vnd) from usage_logs a
                                          where a.adjusts_usage_log_id = l.id), 0))::text as total
      from usage_logs l where l.id = ${usageLogId}::uuid and l.kind = 'usage'`);
  return row === undefined ? null : { ...row, totalMicroVnd: BigInt(row.total) };
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
