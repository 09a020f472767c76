import { sql, type SQL } from "drizzle-orm";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** Which counter: a period's, a member's part of one, or a scope's day. */
export type CounterKey =
  | { readonly counter: "period"; readonly periodId: string; readonly orgId: string }
  | { readonly counter: "member"; readonly orgId: string; readonly userId: string }
  | {
      readonly counter: "day";
      readonly scope: string;
      readonly subjectId: string;
      readonly day: string;
    };

/** micro-VND as decimal strings; `messages` of an organisation's day. */
export type CounterValue = {
  readonly usedMicroVnd: string;
  readonly reservedMicroVnd: string;
  readonly messages?: number;
};

export type RebuiltCounter = {
  readonly key: CounterKey;
  readonly before: CounterValue;
  readonly after: CounterValue;
};

/** The counters that differ from their sums in one snapshot, by the statements of the invariants. */
export async function listSuspects(
  db: Queryable,
  statements: { readonly period: string; readonly member: string; readonly day: string },
): Promise<CounterKey[]> {
  const periods = await db.execute<{ period_id: string; org_id: string }>(
    sql`select p.id as period_id, p.org_id from budget_periods p
         where p.id in (${sql.raw(statements.period)})`,
  );
  const members = await db.execute<{ org_id: string; user_id: string }>(
    sql`select org_id, user_id from (${sql.raw(statements.member)}) v`,
  );
  const days = await db.execute<{ scope: string; subject_id: string; day: string }>(
    sql`select scope, subject_id, day::text as day from (${sql.raw(statements.day)}) v`,
  );
  return [
    ...periods.map((row) => ({
      ...{ counter: "period" as const, periodId: row.period_id, orgId: row.org_id },
    })),
    ...members.map((row) => ({
      ...{ counter: "member" as const, orgId: row.org_id, userId: row.user_id },
    })),
    ...days.map((row) => ({
      ...{ counter: "day" as const, scope: row.scope, subjectId: row.subject_id, day: row.day },
    })),
  ];
}

type ChangeRow = {
  readonly used_before: string;
  readonly reserved_before: string;
  readonly used_after: string;
  readonly reserved_after: string;
  readonly messages_before?: number;
  readonly messages_after?: number;
};

/**
 * Sets one counter to its sums, in the caller's transaction. The counter's row is locked first and
 * the sums are read by a later statement: who changed the counter before has committed rows and
 * counter together, who comes later waits. @returns null when it was right.
 */
export async function setToSums(db: Queryable, key: CounterKey): Promise<RebuiltCounter | null> {
  for (const statement of lockOf(key)) await db.execute(statement);
  const [row] = await db.execute<ChangeRow>(recountOf(key));
  if (row === undefined) return null;
  const messages = (count: number | undefined) => (count === undefined ? {} : { messages: count });
  return {
    key,
    before: {
      ...{ usedMicroVnd: row.used_before, reservedMicroVnd: row.reserved_before },
      ...messages(row.messages_before),
    },
    after: {
      ...{ usedMicroVnd: row.used_after, reservedMicroVnd: row.reserved_after },
      ...messages(row.messages_after),
    },
  };
}

function lockOf(key: CounterKey): SQL[] {
  switch (key.counter) {
    case "period":
      return [sql`select 1 from budget_periods where id = ${key.periodId}::uuid for no key update`];
    case "member":
      return [
        sql`select 1 from org_members where org_id = ${key.orgId}::uuid and user_id = ${key.userId} for no key update`,
      ];
    case "day":
      return [
        sql`insert into daily_counters (scope, subject_id, day)
            values (${key.scope}, ${key.subjectId}, ${key.day}::date) on conflict do nothing`,
        sql`select 1 from daily_counters where scope = ${key.scope} and subject_id = ${key.subjectId}
               and day = ${key.day}::date for no key update`,
      ];
  }
}

const changed = sql`returning s.used_before::text, s.reserved_before::text, s.used::text as used_after,
                              s.reserved::text as reserved_after`;

function recountOf(key: CounterKey): SQL {
  switch (key.counter) {
    case "period":
      return sql`
        update budget_periods t set used_micro_vnd = s.used, reserved_micro_vnd = s.reserved
          from (select p.id, p.used_micro_vnd as used_before, p.reserved_micro_vnd as reserved_before,
                       coalesce((select sum(cost_micro_vnd) from usage_logs where period_id = p.id), 0)::bigint as used,
                       coalesce((select sum(hold_micro_vnd) from reservations
                                  where period_id = p.id and state = 'held'), 0)::bigint as reserved
                  from budget_periods p where p.id = ${key.periodId}::uuid) s
         where t.id = s.id and (s.used_before, s.reserved_before) <> (s.used, s.reserved) ${changed}`;
    case "member":
      return sql`
        update org_members t set used_micro_vnd = s.used, reserved_micro_vnd = s.reserved
          from (select m.org_id, m.user_id, m.used_micro_vnd as used_before, m.reserved_micro_vnd as reserved_before,
                       coalesce((select sum(cost_micro_vnd) from usage_logs
                                  where period_id = m.period_id and user_id = m.user_id), 0)::bigint as used,
                       coalesce((select sum(hold_micro_vnd) from reservations
                                  where period_id = m.period_id and user_id = m.user_id and state = 'held'), 0)::bigint as reserved
                  from org_members m where m.org_id = ${key.orgId}::uuid and m.user_id = ${key.userId}) s
         where t.org_id = s.org_id and t.user_id = s.user_id
           and (s.used_before, s.reserved_before) <> (s.used, s.reserved) ${changed}`;
    case "day":
      return recountOfDay(key);
  }
}

/** Only an organisation's day counts messages; an own subject begins with its organisation. */
function recountOfDay(key: Extract<CounterKey, { counter: "day" }>): SQL {
  const orgId = key.scope === "free_plan" ? null : (key.subjectId.split(":")[0] ?? null);
  const isOwn = sql`(${orgId}::uuid is null or org_id = ${orgId}::uuid)`;
  return sql`
    with holds as (
      select id, state, purpose, hold_micro_vnd from reservations r
       where day = ${key.day}::date and ${isOwn}
         and exists (select 1 from generate_series(1, cardinality(daily_scopes), 2) i
                      where daily_scopes[i] = ${key.scope} and daily_scopes[i + 1] = ${key.subjectId})),
    sums as (
      select coalesce((select sum(cost_micro_vnd) from usage_logs
                        where ${isOwn} and reservation_id in (select id from holds)), 0)::bigint as used,
             coalesce((select sum(hold_micro_vnd) from holds where state = 'held'), 0)::bigint as reserved,
             (select count(*) from holds where state in ('held', 'settled') and purpose = 'chat')::int as messages)
    update daily_counters t
       set used_micro_vnd = s.used, reserved_micro_vnd = s.reserved, messages = s.messages
      from (select c.scope, c.subject_id, c.day, c.used_micro_vnd as used_before,
                   c.reserved_micro_vnd as reserved_before, c.messages as messages_before, u.used, u.reserved,
                   case when c.scope = 'org' then u.messages else c.messages end as messages
              from daily_counters c, sums u
             where c.scope = ${key.scope} and c.subject_id = ${key.subjectId} and c.day = ${key.day}::date) s
     where t.scope = s.scope and t.subject_id = s.subject_id and t.day = s.day
       and (s.used_before, s.reserved_before, s.messages_before) <> (s.used, s.reserved, s.messages)
    ${changed}, s.messages_before, s.messages as messages_after`;
}
