import { and, eq, sql } from "drizzle-orm";
import { grants } from "@drizzle/schema/budgets.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type NewGrant = Omit<typeof grants.$inferInsert, "id" | "createdAt">;

/**
 * Under the organisation's lock. Younger than every override before it, also at one instant: under an
 * override the grants made after it count.
 * @returns null when that cause has its grant already.
 */
export async function insertGrant(db: Queryable, grant: NewGrant): Promise<string | null> {
  const [row] = await db
    .insert(grants)
    .values({
      ...grant,
      createdAt: sql`greatest(app_now(), (select max(created_at) + interval '1 microsecond'
                                            from budget_overrides where org_id = ${grant.orgId}::uuid))`,
    })
    .onConflictDoNothing({ target: [grants.cause, grants.causeId] })
    .returning({ id: grants.id });
  return row?.id ?? null;
}

export async function findGrant(
  db: Queryable,
  key: { readonly cause: string; readonly causeId: string },
) {
  const [row] = await db
    .select()
    .from(grants)
    .where(and(eq(grants.cause, key.cause), eq(grants.causeId, key.causeId)));
  return row ?? null;
}

/**
 * The sum of a period's grants and counter-entries, micro-VND; of those made after an override alone
 * where one is given.
 */
export async function sumGrants(
  db: Queryable,
  key: { readonly periodId: string; readonly overrideId: string | null },
): Promise<bigint> {
  const [row] = await db.execute<{ granted: string }>(sql`
    select coalesce(sum(amount_micro_vnd), 0)::text as granted from grants
     where period_id = ${key.periodId}::uuid
       and created_at > coalesce((select created_at from budget_overrides where id = ${key.overrideId}::uuid),
                                 '-infinity')`);
  return BigInt(row?.granted ?? "0");
}

/** A period with what its remainder is made of; money as text of micro-VND. */
type RemainderRow = {
  readonly id: string;
  readonly limit: string;
  readonly used: string;
  readonly reserved: string;
  readonly granted: string;
  readonly cycle: string;
  readonly times: number;
};

/**
 * What the refund of a cycle took away (`cycle:…`) stands apart: neither the cycle nor what its holds
 * leave moves on. The cycle of a period is the one in whose time the period begins.
 */
const remainderColumns = sql`
  p.id, p.limit_micro_vnd::text as limit, p.used_micro_vnd::text as used, p.reserved_micro_vnd::text as reserved,
  g.granted::text as granted, g.times,
  coalesce((select c.limit_micro_vnd from subscriptions s join subscription_cycles c on c.subscription_id = s.id
             where p.kind = 'cycle' and s.org_id = p.org_id and coalesce(s.starts_at, s.anchor_at) <= p.starts_at
               and (s.ended_at is null or s.ended_at > p.starts_at) and c.reversed_at is null
               and add_months(s.anchor_at, c.ordinal) <= p.starts_at
               and add_months(s.anchor_at, c.ordinal + 1) > p.starts_at
             order by coalesce(s.starts_at, s.anchor_at) desc limit 1), 0)::text as cycle`;

const grantsOfPeriod = sql`
  lateral (select coalesce(sum(amount_micro_vnd) filter (where cause <> 'reversal' or cause_id not like 'cycle:%'), 0) as granted,
                  (count(*) filter (where cause = 'carried_out'))::int as times
             from grants where period_id = p.id) g`;

export type RemainderOfPeriod = {
  readonly periodId: string;
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
  readonly grantedMicroVnd: bigint;
  /** The limit of its cycle, 0 where it has none that still counts. */
  readonly cycleMicroVnd: bigint;
  /** How often something was carried out of it. */
  readonly carriedCount: number;
};

function remainderOf(row: RemainderRow): RemainderOfPeriod {
  return {
    periodId: row.id,
    limitMicroVnd: BigInt(row.limit),
    usedMicroVnd: BigInt(row.used),
    reservedMicroVnd: BigInt(row.reserved),
    grantedMicroVnd: BigInt(row.granted),
    cycleMicroVnd: BigInt(row.cycle),
    carriedCount: row.times,
  };
}

/** The period as it stands, whatever time it is. */
export async function findRemainder(db: Queryable, periodId: string) {
  const [row] = await db.execute<RemainderRow>(sql`
    select ${remainderColumns} from budget_periods p cross join ${grantsOfPeriod} where p.id = ${periodId}::uuid`);
  return row === undefined ? null : remainderOf(row);
}

/**
 * The organisation's periods that ended by an instant with something left that may move on, oldest
 * first. A cut one ended and was closed at one instant.
 */
export async function listRemainders(
  db: Queryable,
  key: { readonly orgId: string; readonly endedBy: Date },
): Promise<readonly (RemainderOfPeriod & { readonly isCut: boolean })[]> {
  const rows = await db.execute<RemainderRow & { readonly is_cut: boolean }>(sql`
    select ${remainderColumns}, p.closed_at is not distinct from p.ends_at as is_cut
      from budget_periods p cross join ${grantsOfPeriod}
     where p.org_id = ${key.orgId}::uuid and p.ends_at <= ${key.endedBy.toISOString()}::timestamptz
       and p.limit_micro_vnd > p.used_micro_vnd + p.reserved_micro_vnd
       and (g.granted > 0 or p.kind = 'cycle' and p.closed_at is not distinct from p.ends_at)
     order by p.ends_at`);
  return rows.map((row) => ({ ...remainderOf(row), isCut: row.is_cut }));
}

/**
 * Organisations with an open period and, in an ended one that holds nothing any more, money that was
 * not carried on: what holds left when they were closed after the period's end.
 */
export async function listOrgsWithRest(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.execute<{ org_id: string }>(sql`
    select distinct p.org_id from budget_periods p
     where p.ends_at <= app_now() and p.ends_at > app_now() - interval '60 days'
       and p.reserved_micro_vnd = 0 and p.limit_micro_vnd > p.used_micro_vnd
       and (p.kind = 'cycle' and p.closed_at = p.ends_at
              and not exists (select 1 from grants g where g.period_id = p.id and g.cause_id like 'cycle:%')
            or (select coalesce(sum(g.amount_micro_vnd) filter (where g.cause <> 'reversal' or g.cause_id not like 'cycle:%'), 0)
                  from grants g where g.period_id = p.id) > 0)
       and exists (select 1 from budget_periods o
                    where o.org_id = p.org_id and o.closed_at is null and o.starts_at <= app_now() and o.ends_at > app_now())
     limit ${limit}`);
  return rows.map((row) => row.org_id);
}

/**
 * What was carried out of the cut periods that began in a cycle's time beyond their grants: the
 * cycle's own money. Micro-VND; may be negative.
 */
export async function findCarriedOfCycle(
  db: Queryable,
  key: { readonly orgId: string; readonly startsAt: Date; readonly endsAt: Date },
): Promise<bigint> {
  const [row] = await db.execute<{ carried: string }>(sql`
    select coalesce(sum(-g.amount_micro_vnd), 0)::text as carried
      from grants g join budget_periods p on p.id = g.period_id
     where p.org_id = ${key.orgId}::uuid and p.kind = 'cycle' and p.closed_at = p.ends_at
       and p.starts_at >= ${key.startsAt.toISOString()}::timestamptz
       and p.ends_at <= ${key.endsAt.toISOString()}::timestamptz`);
  return BigInt(row?.carried ?? "0");
}
