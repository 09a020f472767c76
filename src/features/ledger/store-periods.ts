import { and, eq, gt, lt, sql } from "drizzle-orm";
import { budgetPeriods } from "@drizzle/schema/ledger.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/**
 * Taken before the period's own lock by whoever opens, cuts or re-limits a period; no chat waits
 * for it.
 */
export async function lockPeriodsOf(db: Queryable, orgId: string): Promise<void> {
  await db.execute(sql`select 1 from orgs where id = ${orgId}::uuid for no key update`);
}

/** The row's lock, in front of a decision about the logs of the period. */
export async function lockPeriod(db: Queryable, periodId: string): Promise<void> {
  await db.execute(
    sql`select 1 from budget_periods where id = ${periodId}::uuid for no key update`,
  );
}

/** @returns how many were closed now, `limit` at most. */
export async function closeEnded(
  db: Queryable,
  input: { readonly graceMinutes: number; readonly limit: number },
): Promise<number> {
  const rows = await db.execute(sql`
    update budget_periods set closed_at = app_now()
     where id in (
       select p.id from budget_periods p
        where p.closed_at is null
          and p.ends_at <= app_now() - make_interval(mins => ${input.graceMinutes}::int)
          and p.reserved_micro_vnd = 0
          and not exists (select 1 from reservations r where r.period_id = p.id and r.state = 'held')
        limit ${input.limit} for no key update skip locked)
    returning id`);
  return rows.length;
}

/** Ends and closes at one instant. @returns false when the period does not hold it inside. */
export async function closeEarly(
  db: Queryable,
  input: { readonly periodId: string; readonly endsAt: Date },
): Promise<boolean> {
  const rows = await db
    .update(budgetPeriods)
    .set({ endsAt: input.endsAt, closedAt: input.endsAt })
    .where(
      and(
        eq(budgetPeriods.id, input.periodId),
        lt(budgetPeriods.startsAt, input.endsAt),
        gt(budgetPeriods.endsAt, input.endsAt),
      ),
    )
    .returning({ id: budgetPeriods.id });
  return rows.length > 0;
}

/**
 * The latest instant of the product's clock at which a call of the period was admitted, as far as
 * anything says: its log, its turn, or, of no turn, its hold. Under the period's lock.
 */
export async function findLatestCall(db: Queryable, periodId: string): Promise<Date | null> {
  const [row] = await db.execute<{ latest: string | null }>(sql`
    select greatest(
      (select max(occurred_at) from usage_logs where period_id = ${periodId}::uuid and kind = 'usage'),
      (select max(coalesce(t.created_at, r.created_at)) from reservations r
         left join turns t on t.org_id = r.org_id and t.id = r.turn_id
        where r.period_id = ${periodId}::uuid and r.state = 'held')) as latest`);
  return row === undefined || row.latest === null ? null : new Date(row.latest);
}
