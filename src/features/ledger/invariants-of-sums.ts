import type { Invariant } from "./invariants.ts";

/**
 * Of a day's counters: what the holds that carry them say. Scopes and subjects alternate in
 * `daily_scopes`.
 */
const dailySums = (since: string) => `
  select g.daily_scopes[i] as scope, g.daily_scopes[i + 1] as subject_id, g.day,
         sum(g.cost) as cost, sum(g.held) as held, sum(g.messages) as messages
    from (select r.daily_scopes, r.day, sum(l.cost_micro_vnd) as cost,
                 sum(r.hold_micro_vnd) filter (where r.state = 'held') as held,
                 count(*) filter (where r.state in ('held', 'settled') and r.purpose = 'chat') as messages
            from reservations r
            left join (select reservation_id, sum(cost_micro_vnd) as cost_micro_vnd from usage_logs
                        where occurred_at >= ${since} - interval '1 day' group by 1) l on l.reservation_id = r.id
           where r.day >= (${since} at time zone 'Asia/Ho_Chi_Minh')::date
           group by 1, 2) g
   cross join lateral generate_series(1, cardinality(g.daily_scopes), 2) i
   group by 1, 2, 3`;

const monthStart = (instant: string) =>
  `date_trunc('month', ${instant} at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh'`;

/** Before all months when the instant is before all time. */
const monthOf = (instant: string) =>
  `case when isfinite(${instant}) then to_char(${instant} at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM') else '' end`;

/**
 * Counters are sums of their rows. One statement reads one snapshot, so both sides are of one
 * moment.
 */
export const sumInvariants: readonly Invariant[] = [
  {
    id: "1-used",
    rule: "A period's used is the sum of its usage logs.",
    sql: () => `
      select coalesce(p.id, s.period_id) as period_id, p.used_micro_vnd::text, s.cost::text as logged_micro_vnd
        from budget_periods p
        full join (select period_id, sum(cost_micro_vnd) as cost from usage_logs group by 1) s on s.period_id = p.id
       where p.id is null or p.used_micro_vnd <> coalesce(s.cost, 0)`,
  },
  {
    id: "1-member",
    rule: "A member's used is the sum of the member's logs of the period it counts.",
    sql: () => `
      select m.org_id, m.user_id, m.used_micro_vnd::text, s.cost::text as logged_micro_vnd
        from org_members m
        left join (select period_id, user_id, sum(cost_micro_vnd) as cost from usage_logs group by 1, 2) s
          on s.period_id = m.period_id and s.user_id = m.user_id
       where m.used_micro_vnd <> coalesce(s.cost, 0)`,
  },
  {
    id: "1-day",
    rule: "A day's used and reserved are the sums of the holds and logs admitted on it, in every scope.",
    sql: (since) => `
      select scope, subject_id, day, c.used_micro_vnd::text, s.cost::text as logged_micro_vnd,
             c.reserved_micro_vnd::text, s.held::text as held_micro_vnd
        from (select * from daily_counters where day >= (${since} at time zone 'Asia/Ho_Chi_Minh')::date) c
        full join (${dailySums(since)}) s using (scope, subject_id, day)
       where c.day is null and (coalesce(s.cost, 0) <> 0 or coalesce(s.held, 0) <> 0)
          or c.used_micro_vnd <> coalesce(s.cost, 0) or c.reserved_micro_vnd <> coalesce(s.held, 0)
          or scope = 'org' and c.messages <> coalesce(s.messages, 0)`,
  },
  {
    id: "1-month",
    rule: "A person's month is the sum of that month's logs and corrections.",
    sql: (since) => `
      select org_id, user_id, month, s.total_cost_micro_vnd::text, l.micro::text as logged_micro_vnd
        from (select * from monthly_usage_summary where month >= ${monthOf(since)}) s full join (
          select org_id, user_id, to_char(month_starts, 'YYYY-MM') as month, sum(queries) as queries,
                 sum(tokens) as tokens, sum(pico) as pico, sum(micro) as micro, sum(saved) as saved,
                 sum(simple) as simple, sum(medium) as medium, sum(complex) as complex
            from (select org_id, user_id, date_trunc('month', occurred_at at time zone 'Asia/Ho_Chi_Minh') as month_starts,
                         count(*) filter (where is_query) as queries, sum(total_tokens) as tokens,
                         sum(cost_pico_usd) as pico, sum(cost_micro_vnd) as micro, sum(saved_micro_vnd) as saved,
                         count(*) filter (where is_query and query_complexity = 'simple') as simple,
                         count(*) filter (where is_query and query_complexity = 'medium') as medium,
                         count(*) filter (where is_query and query_complexity = 'complex') as complex
                    from (select *, purpose = 'chat' and is_final_attempt as is_query from usage_logs
                           where occurred_at >= ${monthStart(since)}) u
                   group by 1, 2, 3) g
           group by 1, 2, 3) l using (org_id, user_id, month)
       where (s.total_queries, s.total_tokens, s.total_cost_pico_usd, s.total_cost_micro_vnd, s.saved_micro_vnd,
              s.simple_queries, s.medium_queries, s.complex_queries)
             is distinct from (l.queries, l.tokens, l.pico, l.micro, l.saved, l.simple, l.medium, l.complex)`,
  },
  {
    id: "2-reserved",
    rule: "A period's reserved is the sum of its open holds; used and reserved are not negative.",
    sql: () => `
      select p.id, p.used_micro_vnd::text, p.reserved_micro_vnd::text, s.held::text as held_micro_vnd
        from budget_periods p
        left join (select period_id, sum(hold_micro_vnd) as held from reservations where state = 'held' group by 1) s
          on s.period_id = p.id
       where p.reserved_micro_vnd <> coalesce(s.held, 0) or p.reserved_micro_vnd < 0 or p.used_micro_vnd < 0`,
  },
  {
    id: "2-member",
    rule: "A member's reserved is the sum of the member's open holds of the period it counts.",
    sql: () => `
      select m.org_id, m.user_id, m.reserved_micro_vnd::text, s.held::text as held_micro_vnd
        from org_members m
        left join (select period_id, user_id, sum(hold_micro_vnd) as held from reservations
                    where state = 'held' group by 1, 2) s
          on s.period_id = m.period_id and s.user_id = m.user_id
       where m.reserved_micro_vnd <> coalesce(s.held, 0)`,
  },
];
