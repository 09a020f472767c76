import type { Sql } from "postgres";

/** How much a database is filled with. */
export type Volume = {
  readonly rows: number;
  readonly orgs: number;
  /** Rows of the first organisation, all of its one person; the others share the rest. */
  readonly heavyRows: number;
};

export type Account = { readonly orgId: string; readonly userId: string };

const MONTHS = 12;
const MODELS = 6;
const LIMIT_MICRO_VND = 1_000_000_000_000_000n;

/**
 * Fills a migrated and seeded database with a year of finished calls that balance to the last
 * micro-VND: organisations of one person each on a paid plan, their periods, holds, provider calls,
 * usage logs (in the order of their instants, as a year would have written them) and all sums. Uses
 * only columns that every release has. @returns the heavy account and an ordinary one.
 */
export async function fillUsage(
  sql: Sql,
  volume: Volume,
): Promise<{ readonly heavy: Account; readonly ordinary: Account }> {
  await sql.begin(async (tx) => {
    // Foreign keys would be checked eight times for every row; they hold by how the rows are made.
    await tx`select set_config('session_replication_role', 'replica', true)
      where (select rolsuper from pg_roles where rolname = current_user)`;
    await tx`select setseed(0.4)`;
    for (const step of [...accounts(volume), ...draws(volume), ...books, ...sums]) {
      await tx.unsafe(step);
    }
  });
  await sql.unsafe("vacuum (analyze)");
  const found = await sql<Account[]>`
    select m.org_id as "orgId", m.user_id as "userId" from org_members m
     where m.user_id in ('volume-1', ${`volume-${Math.ceil(volume.orgs / 2)}`}) order by m.user_id = 'volume-1' desc`;
  const [heavy, ordinary = heavy] = found;
  if (heavy === undefined || ordinary === undefined) throw new Error("no accounts were made");
  return { heavy, ordinary };
}

const accounts = ({ orgs }: Volume): string[] => [
  `create temp table volume_orgs on commit drop as
     select n, gen_random_uuid() as org_id, 'volume-' || n as user_id from generate_series(1, ${orgs}) n`,
  `create temp table volume_months on commit drop as
     select starts at time zone 'Asia/Ho_Chi_Minh' as starts_at,
            (starts + interval '1 month') at time zone 'Asia/Ho_Chi_Minh' as ends_at
       from generate_series(date_trunc('month', app_now() at time zone 'Asia/Ho_Chi_Minh') - interval '${MONTHS - 1} months',
                            date_trunc('month', app_now() at time zone 'Asia/Ho_Chi_Minh'), interval '1 month') starts`,
  `insert into users (id, email, email_verified, name)
     select user_id, user_id || '@volume.example', true, user_id from volume_orgs`,
  `insert into orgs (id, kind, personal_user_id, created_at)
     select org_id, 'personal', user_id, (select min(starts_at) from volume_months) from volume_orgs`,
  `insert into org_members (org_id, user_id, role) select org_id, user_id, 'owner' from volume_orgs`,
  `insert into subscriptions (org_id, plan_id, anchor_at, paid_until, state)
     select org_id, 'ultimate', (select min(starts_at) from volume_months), (select max(ends_at) from volume_months), 'active'
       from volume_orgs`,
  `insert into budget_periods (org_id, kind, plan_id, starts_at, ends_at, limit_micro_vnd)
     select org_id, 'cycle', 'ultimate', starts_at, ends_at, ${LIMIT_MICRO_VND} from volume_orgs, volume_months`,
  // Finance's word for limits that nobody bought.
  `insert into budget_overrides (org_id, amount_micro_vnd, reason, expires_at, actor)
     select org_id, ${LIMIT_MICRO_VND}, 'volume', app_now() + interval '10 years', 'volume' from volume_orgs`,
  `insert into audit_log (actor, action, subject, reason, request_id)
     select 'volume', 'budget.override', 'org:' || org_id, 'volume', 'volume' from volume_orgs`,
  // What was valid before the seed's first versions.
  `insert into model_prices (model_id, valid_from, valid_to, context_tokens_min, fresh_input_pico_usd,
     cached_input_pico_usd, cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
     select model_id, '2000-01-01', min(valid_from), 0, max(fresh_input_pico_usd), max(cached_input_pico_usd),
            max(cache_write_5m_pico_usd), max(cache_write_1h_pico_usd), max(output_pico_usd), 'volume'
       from model_prices where context_tokens_min = 0 group by model_id`,
  `insert into exchange_rates (rate_milli_vnd, valid_from, valid_to, source)
     select 25500000, '2000-01-01', min(valid_from), 'volume' from exchange_rates`,
  "analyze volume_orgs, budget_periods, model_prices, exchange_rates",
];

/** Few organisations ask much, most ask little; every month a little more than the one before. */
const draws = ({ rows, orgs, heavyRows }: Volume): string[] => [
  `create temp table volume_draws on commit drop as
     select gen_random_uuid() as log_id, gen_random_uuid() as call_id, gen_random_uuid() as reservation_id,
            gen_random_uuid() as turn_id,
            case when i <= ${heavyRows} then 1 else 2 + floor((${orgs} - 1) * power(random(), 2))::int end as n,
            (select min(starts_at) from volume_months)
              + (app_now() - (select min(starts_at) from volume_months)) * power(random(), 0.8) as at,
            1 + floor(${MODELS} * power(random(), 2))::int as model,
            20 + floor(4000 * power(random(), 3))::int as fresh, floor(6000 * power(random(), 6))::int as cached,
            10 + floor(2500 * power(random(), 2))::int as output, random() as score
       from generate_series(1, ${rows}) i`,
  "analyze volume_draws",
  `create temp table volume_models on commit drop as
     select row_number() over (order by id) as model, id as model_id, provider from models
      where not is_free and provider <> 'demo' order by id limit ${MODELS}`,
  `create temp table volume_logs on commit drop as
     select d.*, o.org_id, o.user_id, m.model_id, m.provider, b.id as period_id, p.id as price_id, r.id as rate_id,
            v.day, v.pico, ceil(v.pico * r.rate_milli_vnd / 1000000000)::bigint as cost,
            case when d.score < 0.4 then 'simple' when d.score < 0.75 then 'medium' else 'complex' end as label
       from volume_draws d
       join volume_orgs o on o.n = least(d.n, (select max(n) from volume_orgs))
       join volume_models m on m.model = least(d.model, (select max(model) from volume_models))
       join budget_periods b on b.org_id = o.org_id and b.starts_at <= d.at and b.ends_at > d.at
       join model_prices p on p.model_id = m.model_id and p.context_tokens_min = 0
        and p.valid_from <= d.at and coalesce(p.valid_to, 'infinity') > d.at
       join exchange_rates r on r.valid_from <= d.at and coalesce(r.valid_to, 'infinity') > d.at
       cross join lateral (select (d.at at time zone 'Asia/Ho_Chi_Minh')::date as day,
         d.fresh::numeric * p.fresh_input_pico_usd + d.cached::numeric * p.cached_input_pico_usd
         + d.output::numeric * p.output_pico_usd as pico) v
      order by d.at`,
];

const books = [
  `insert into reservations (id, org_id, user_id, period_id, turn_id, purpose, hold_micro_vnd, headroom_at_admit_micro_vnd,
     day, daily_scopes, state, expires_at, closed_at, created_at)
     select reservation_id, org_id, user_id, period_id, turn_id, 'chat', cost * 3, ${LIMIT_MICRO_VND}, day,
            array['org', org_id::text, 'member', org_id || ':' || user_id], 'settled', at + interval '12 minutes',
            at + interval '4 seconds', at from volume_logs`,
  `insert into provider_calls (id, reservation_id, attempt, model_id, price_id, rate_id, purpose, input_tokens_estimated,
     output_tokens_seen, dispatched_at, first_byte_at, ended_at, outcome, created_at)
     select call_id, reservation_id, 1, model_id, price_id, rate_id, 'chat', fresh + cached, output, at,
            at + interval '1 second', at + interval '4 seconds', 'complete', at from volume_logs`,
  `insert into usage_logs (id, provider_call_id, reservation_id, org_id, user_id, period_id, turn_id, purpose, is_final_attempt,
     provider, model_id, served_model, fresh_input_tokens, cached_input_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
     output_tokens, reasoning_tokens, total_tokens, cost_pico_usd, cost_micro_vnd, saved_micro_vnd, price_id, rate_id,
     query_complexity, complexity_score, query_category, response_time_ms, first_token_ms, source, metadata, occurred_at,
     created_at)
     select log_id, call_id, reservation_id, org_id, user_id, period_id, turn_id, 'chat', true, provider, model_id,
            model_id, fresh, cached, 0, 0, output, 0, fresh + cached + output, pico, cost, cost / 2, price_id, rate_id,
            label, round(score::numeric, 4), 'general', 4000, 1000, 'reported',
            '{"outcome": "complete", "finishReason": "stop"}', at, at + interval '4 seconds' from volume_logs`,
];

const sums = [
  `update budget_periods b set used_micro_vnd = s.cost
     from (select period_id, sum(cost) as cost from volume_logs group by 1) s where s.period_id = b.id`,
  `update org_members m set period_id = b.id, used_micro_vnd = b.used_micro_vnd
     from volume_orgs o, budget_periods b
    where m.org_id = o.org_id and b.org_id = o.org_id and b.starts_at <= app_now() and b.ends_at > app_now()`,
  `insert into daily_counters (scope, subject_id, day, used_micro_vnd, messages)
     select scope, subject_id, day, sum(cost), count(*) filter (where scope = 'org')
       from volume_logs, lateral (values ('org', org_id::text), ('member', org_id || ':' || user_id)) s (scope, subject_id)
      group by 1, 2, 3`,
  `insert into monthly_usage_summary (org_id, user_id, month, total_queries, total_tokens, total_cost_pico_usd,
     total_cost_micro_vnd, saved_micro_vnd, simple_queries, medium_queries, complex_queries, subscription_tier,
     budget_limit_micro_vnd, budget_used_micro_vnd, budget_remaining_micro_vnd)
     select org_id, user_id, to_char(at at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM'), count(*), sum(fresh + cached + output),
            sum(pico), sum(cost), sum(cost / 2), count(*) filter (where label = 'simple'),
            count(*) filter (where label = 'medium'), count(*) filter (where label = 'complex'), 'ultimate',
            ${LIMIT_MICRO_VND}, sum(cost), ${LIMIT_MICRO_VND} - sum(cost)
       from volume_logs group by 1, 2, 3`,
];
