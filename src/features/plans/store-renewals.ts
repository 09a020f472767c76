import { sql } from "drizzle-orm";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type EndingChain = {
  readonly id: string;
  readonly orgId: string;
  readonly tier: string;
  readonly paidUntil: Date;
  readonly isCancelled: boolean;
  readonly hasEnded: boolean;
  /** Of the notice of this end: another end has another. */
  readonly dedupeKey: string;
};

/** So long a chain stays after its end: a clock that steps back finds it again. */
const GRACE = sql`interval '15 minutes'`;

/** Chains within three days of their end that nobody was told of, and those whose end is behind. */
const ending = sql`
  select s.id, s.org_id, s.paid_until, s.state, s.paid_until <= app_now() - ${GRACE} as has_ended,
         (select p.tier from subscription_cycles c join plans p on p.id = c.plan_id
           where c.subscription_id = s.id and c.reversed_at is null order by c.ordinal desc limit 1) as tier,
         case when s.paid_until <= app_now() - ${GRACE} then 'plan_ended:' else 'plan_expiring:' end || s.id || ':'
           || to_char(s.paid_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as dedupe_key
    from subscriptions s where s.state in ('active', 'cancelled') and s.paid_until <= app_now() + interval '3 days'`;

const toSee = sql`
  select * from (${ending}) e
   where e.has_ended
      or e.state = 'active' and e.paid_until > app_now()
         and not exists (select 1 from outbox o where o.dedupe_key = e.dedupe_key)`;

type Row = {
  readonly id: string;
  readonly org_id: string;
  readonly tier: string | null;
  readonly paid_until: string;
  readonly state: string;
  readonly has_ended: boolean;
  readonly dedupe_key: string;
};

/** The id and organisation of each, soonest end first. */
export async function listEndingChains(
  db: Queryable,
  limit: number,
): Promise<readonly { readonly id: string; readonly orgId: string }[]> {
  const rows = await db.execute<Row>(sql`${toSee} order by e.paid_until limit ${limit}`);
  return rows.map((row) => ({ id: row.id, orgId: row.org_id }));
}

/** null when it is not to be seen to any more. */
export async function findEndingChain(db: Queryable, id: string): Promise<EndingChain | null> {
  const [row] = await db.execute<Row>(sql`select * from (${toSee}) t where t.id = ${id}::uuid`);
  if (row === undefined) return null;
  return {
    id: row.id,
    orgId: row.org_id,
    tier: row.tier ?? "free",
    paidUntil: new Date(row.paid_until),
    isCancelled: row.state === "cancelled",
    hasEnded: row.has_ended,
    dedupeKey: row.dedupe_key,
  };
}

export async function lapseChain(db: Queryable, id: string): Promise<void> {
  await db.execute(sql`
    update subscriptions set state = 'ended', ended_at = paid_until where id = ${id}::uuid`);
}
