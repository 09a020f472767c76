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
