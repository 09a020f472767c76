import type postgres from "postgres";

/** Every statement gives the rows that contradict its rule; none may give any. */
const rules: Readonly<Record<string, string>> = {
  "a period's used is the sum of its logs": `
    select p.id, p.used_micro_vnd from budget_periods p
     where p.used_micro_vnd <> (select coalesce(sum(cost_micro_vnd), 0) from usage_logs where period_id = p.id)`,
  "a period's reserved is the sum of its open holds": `
    select p.id, p.reserved_micro_vnd from budget_periods p
     where p.reserved_micro_vnd <> (select coalesce(sum(hold_micro_vnd), 0) from reservations
                                     where period_id = p.id and state = 'held')`,
  "a member's part is the sum of the member's": `
    select m.* from org_members m
     where m.period_id is not null
       and (m.used_micro_vnd <> (select coalesce(sum(cost_micro_vnd), 0) from usage_logs
                                  where period_id = m.period_id and user_id = m.user_id)
         or m.reserved_micro_vnd <> (select coalesce(sum(hold_micro_vnd), 0) from reservations
                                      where period_id = m.period_id and user_id = m.user_id and state = 'held'))`,
  "a day of an organisation or a member is the sum of its holds and logs": `
    select c.* from daily_counters c left join (
      select r.daily_scopes[i] as scope, r.daily_scopes[i + 1] as subject_id, r.day,
             sum(r.hold_micro_vnd) filter (where r.state = 'held') as held,
             sum((select sum(cost_micro_vnd) from usage_logs where reservation_id = r.id)) as cost
        from reservations r, generate_series(1, cardinality(r.daily_scopes), 2) i group by 1, 2, 3) s
      using (scope, subject_id, day)
     where c.scope in ('org', 'member')
       and (c.used_micro_vnd <> coalesce(s.cost, 0) or c.reserved_micro_vnd <> coalesce(s.held, 0))`,
  "a dispatched call of a closed hold has exactly one log": `
    select c.id, c.outcome, r.state from provider_calls c join reservations r on r.id = c.reservation_id
     where r.state <> 'held' and c.dispatched_at is not null
       and (select count(*) from usage_logs l where l.provider_call_id = c.id) <> 1`,
  "a log of a call that was never dispatched does not exist": `
    select l.id from usage_logs l join provider_calls c on c.id = l.provider_call_id where c.dispatched_at is null`,
  "a cost is its tokens at its price and rate": `
    select l.id, l.cost_micro_vnd from usage_logs l
      join model_prices p on p.id = l.price_id join exchange_rates r on r.id = l.rate_id
     where l.cost_micro_vnd <> ceil((l.fresh_input_tokens::numeric * p.fresh_input_pico_usd
         + l.cached_input_tokens::numeric * p.cached_input_pico_usd
         + l.cache_write_5m_tokens::numeric * p.cache_write_5m_pico_usd
         + l.cache_write_1h_tokens::numeric * p.cache_write_1h_pico_usd
         + l.output_tokens::numeric * p.output_pico_usd) * r.rate_milli_vnd / 1000000000)`,
  "a price and a rate were valid when the call was admitted": `
    select l.id from usage_logs l
      join model_prices p on p.id = l.price_id join exchange_rates r on r.id = l.rate_id
     where p.model_id <> l.model_id or l.occurred_at < p.valid_from or l.occurred_at >= p.valid_to
        or l.occurred_at < r.valid_from or l.occurred_at >= r.valid_to`,
  "a month is the sum of its logs": `
    select s.*, l.* from monthly_usage_summary s full join (
      select org_id, user_id, to_char(occurred_at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM') as month,
             count(*) filter (where purpose = 'chat' and is_final_attempt) as queries,
             sum(total_tokens) as tokens, sum(cost_pico_usd) as pico, sum(cost_micro_vnd) as micro,
             sum(saved_micro_vnd) as saved, count(*) filter (where query_complexity = 'simple') as simple,
             count(*) filter (where query_complexity = 'medium') as medium,
             count(*) filter (where query_complexity = 'complex') as complex
        from usage_logs group by 1, 2, 3) l using (org_id, user_id, month)
     where (s.total_queries, s.total_tokens, s.total_cost_pico_usd, s.total_cost_micro_vnd, s.saved_micro_vnd,
            s.simple_queries, s.medium_queries, s.complex_queries)
           is distinct from (l.queries, l.tokens, l.pico, l.micro, l.saved, l.simple, l.medium, l.complex)`,
  "a turn that ended holds nothing": `
    select t.id, t.state, r.state as hold from turns t
      join reservations r on r.org_id = t.org_id and r.turn_id = t.id
     where (t.state = 'running') <> (r.state = 'held')`,
};

/** The contradictions in the books of a database at rest, one sentence each; [] when they balance. */
export async function contradictions(sql: postgres.Sql): Promise<string[]> {
  const found: string[] = [];
  for (const [rule, statement] of Object.entries(rules)) {
    for (const row of await sql.unsafe(statement)) found.push(`${rule}: ${JSON.stringify(row)}`);
  }
  return found;
}
