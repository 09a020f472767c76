import { capInvariants } from "./invariants-of-caps.ts";
import { paymentInvariants } from "./invariants-of-payments.ts";
import { sumInvariants } from "./invariants-of-sums.ts";

/** A rule over the books that holds at every commit; its statement gives the rows that break it. */
export type Invariant = {
  /** The number in the list of twelve and what of it is looked at. */
  readonly id: string;
  readonly rule: string;
  /**
   * The statement. @param since an SQL instant: rows of history from before it may be left out,
   * where looking at them each minute costs too much. Counters that still move, and whatever is
   * small, are always looked at in full.
   */
  readonly sql: (since: string) => string;
};

/** The whole history. */
export const EVER = "'-infinity'::timestamptz";

/** What may have moved of late: a day covers an outage of the check itself. */
export const LATELY = "(app_now() - interval '1 day')";

const calls: readonly Invariant[] = [
  {
    id: "4-one-log",
    rule: "A dispatched call of a closed hold has exactly one log.",
    sql: (since) => `
      select c.id, c.outcome, r.state from provider_calls c join reservations r on r.id = c.reservation_id
       where r.closed_at >= ${since} and c.dispatched_at is not null
         and (select count(*) from usage_logs l where l.provider_call_id = c.id) <> 1`,
  },
  {
    id: "4-no-call",
    rule: "A log of usage has its call, which was sent, of its hold and of the model that was asked or that answered.",
    sql: (since) => `
      select l.id from usage_logs l
        left join provider_calls c on c.id = l.provider_call_id
       where l.kind = 'usage' and l.created_at >= ${since}
         and (c.dispatched_at is null or c.reservation_id <> l.reservation_id
              or c.model_id <> l.model_id and not exists (
                select 1 from models m where m.id = l.model_id and m.provider_model = l.served_model))`,
  },
  {
    id: "5-overdue",
    rule: "No hold is open two minutes after its end; one is closed exactly when it has an end.",
    sql: () => `
      select id, state, expires_at from reservations
       where state = 'held' and expires_at < app_now() - interval '2 minutes'
      union all
      select id, state, expires_at from reservations where (state = 'held') <> (closed_at is null)`,
  },
  {
    id: "5-closing",
    rule: "A hold was given back only if nothing was dispatched or its cost is logged; a settled one has a log.",
    sql: (since) => `
      select r.id, r.state from reservations r
       where r.closed_at >= ${since}
         and exists (select 1 from provider_calls c where c.reservation_id = r.id and c.dispatched_at is not null)
             <> (r.state = 'settled')
         and not (r.state = 'expired' and exists (select 1 from usage_logs l where l.reservation_id = r.id))`,
  },
  {
    id: "5-turn",
    rule: "A turn that runs has its hold, and a turn that ended holds nothing.",
    sql: () => `
      select t.org_id, t.id, t.state, r.state as hold from turns t
        left join reservations r on r.org_id = t.org_id and r.turn_id = t.id and r.purpose = 'chat'
       where t.state = 'running' and r.state is distinct from 'held'
      union all
      select r.org_id, r.turn_id, t.state, r.state from reservations r
        left join turns t on t.org_id = r.org_id and t.id = r.turn_id
       where r.state = 'held' and r.turn_id is not null and t.state is distinct from 'running'`,
  },
];

const prices: readonly Invariant[] = [
  {
    id: "6-cost",
    rule: "A cost is its tokens at its price and rate, rounded up once.",
    sql: (since) => `
      select l.id, l.cost_micro_vnd::text from usage_logs l
        left join model_prices p on p.id = l.price_id left join exchange_rates r on r.id = l.rate_id
       where l.kind = 'usage' and l.created_at >= ${since} and l.cost_micro_vnd is distinct from ceil((l.fresh_input_tokens::numeric * p.fresh_input_pico_usd
           + l.cached_input_tokens::numeric * p.cached_input_pico_usd
           + l.cache_write_5m_tokens::numeric * p.cache_write_5m_pico_usd
           + l.cache_write_1h_tokens::numeric * p.cache_write_1h_pico_usd
           + l.output_tokens::numeric * p.output_pico_usd) * r.rate_milli_vnd / 1000000000)`,
  },
  {
    id: "6-version",
    rule: "The price and the rate of a log are its model's and were valid when the call was admitted.",
    sql: (since) => `
      select l.id, l.occurred_at from usage_logs l
        left join model_prices p on p.id = l.price_id left join exchange_rates r on r.id = l.rate_id
       where l.kind = 'usage' and l.created_at >= ${since} and (p.id is null or r.id is null or p.model_id <> l.model_id
         or l.occurred_at < p.valid_from or l.occurred_at >= p.valid_to
         or l.occurred_at < r.valid_from or l.occurred_at >= r.valid_to)`,
  },
  {
    id: "6-adjustment",
    rule: "A correction names the log it corrects, of the same period and people, and has no tokens of its own.",
    sql: () => `
      select a.id from usage_logs a left join usage_logs l on l.id = a.adjusts_usage_log_id
       where a.kind = 'adjustment'
         and (l.id is null or l.kind <> 'usage' or (l.period_id, l.org_id, l.user_id, l.reservation_id)
              is distinct from (a.period_id, a.org_id, a.user_id, a.reservation_id)
              or a.total_tokens <> 0 or a.is_final_attempt)`,
  },
];

/** The instant a Vietnamese month begins. */
const monthStart = (instant: string) =>
  `date_trunc('month', ${instant} at time zone 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh'`;

const periods: readonly Invariant[] = [
  {
    id: "7-within",
    rule: "A call lies in the period it is booked to.",
    sql: (since) => `
      select l.id, l.occurred_at, p.starts_at, p.ends_at from usage_logs l
        left join budget_periods p on p.id = l.period_id
       where l.kind = 'usage' and l.created_at >= ${since}
         and (p.id is null or l.occurred_at < p.starts_at or l.occurred_at >= p.ends_at)`,
  },
  {
    id: "7-calendar",
    rule: "A calendar period ends with its Vietnamese month unless closed early, and starts with it unless another precedes it there.",
    sql: () => `
      select p.id, p.starts_at, p.ends_at from budget_periods p
       where p.kind = 'calendar' and (
             p.ends_at > (date_trunc('month', p.starts_at at time zone 'Asia/Ho_Chi_Minh') + interval '1 month')
                         at time zone 'Asia/Ho_Chi_Minh'
          or p.ends_at <> ${monthStart("p.ends_at")} and p.ends_at is distinct from p.closed_at
          or p.starts_at <> ${monthStart("p.starts_at")} and not exists (
               select 1 from budget_periods b where b.org_id = p.org_id and b.ends_at <= p.starts_at
                  and b.ends_at > ${monthStart("p.starts_at")}))`,
  },
  {
    id: "7-overlap",
    rule: "Periods of an organisation do not overlap.",
    sql: () => `
      select id, next_id from (
        select id, lead(id) over w as next_id, ends_at, lead(starts_at) over w as next_starts_at
          from budget_periods window w as (partition by org_id order by starts_at, ends_at)) o
       where next_starts_at < ends_at`,
  },
];

const people: readonly Invariant[] = [
  {
    id: "11-owner",
    rule: "What belongs to a conversation, a turn, a hold or a period has the same owner.",
    sql: (since) => `
      select 'message' as kind, m.id from messages m
        left join conversations c on c.id = m.conversation_id
       where m.created_at >= ${since} and (c.id is null or (c.org_id, c.user_id) <> (m.org_id, m.user_id))
      union all
      select 'log', l.id from usage_logs l
        left join reservations r on r.id = l.reservation_id
       where l.created_at >= ${since} and (r.org_id, r.user_id, r.period_id) is distinct from (l.org_id, l.user_id, l.period_id)
      union all
      select 'hold', r.id from reservations r left join budget_periods p on p.id = r.period_id
       where r.created_at >= ${since} and p.org_id is distinct from r.org_id
      union all
      select 'turn', t.id from turns t
        join reservations r on r.org_id = t.org_id and r.turn_id = t.id where t.created_at >= ${since} and r.user_id <> t.user_id`,
  },
  {
    id: "11-role",
    rule: "Every role above user was given by the last word about it in the audit log.",
    sql: () => `
      select u.id, u.role from users u
       where u.role <> 'user' and u.role is distinct from (
         select a.after->>'role' from audit_log a
          where a.subject = 'user:' || u.id and a.after ? 'role' order by a.created_at desc, a.id desc limit 1)`,
  },
  {
    id: "11-money",
    rule: "Every change of a limit, every override and every correction by hand has its audit row.",
    sql: () => `
      select 'override' as kind, o.id from budget_overrides o
       where not exists (select 1 from audit_log a where a.subject = 'org:' || o.org_id
                            and (a.created_at = o.created_at or a.after->>'overrideId' = o.id::text))
      union all
      select 'limit', c.id from limit_changes c join budget_periods p on p.id = c.period_id
       where not exists (select 1 from audit_log a where a.subject = 'org:' || p.org_id and a.created_at = c.created_at)
      union all
      select 'correction', l.id from usage_logs l
       where l.kind = 'adjustment' and l.reason = 'manual' and not exists (
         select 1 from audit_log a where a.subject = 'org:' || l.org_id and a.created_at = l.created_at)`,
  },
  {
    id: "12-erased",
    rule: "An erased person has no name, address, message, session or way to sign in; the logs stay.",
    sql: () => `
      select 'person' as kind, id from users where erased_at is not null and (email is not null or name <> '')
      union all
      select 'message', m.id::text from messages m join users u on u.id = m.user_id where u.erased_at is not null
      union all
      select 'session', s.id from sessions s join users u on u.id = s.user_id where u.erased_at is not null
      union all
      select 'account', a.id from accounts a join users u on u.id = a.user_id where u.erased_at is not null
      union all
      select 'log', l.id::text from usage_logs l left join users u on u.id = l.user_id where u.id is null`,
  },
];

/**
 * Everything that must be true of the books at any moment; no statement may give a row. 10 comes
 * with budget alerts.
 */
export const invariants: readonly Invariant[] = [
  ...sumInvariants,
  ...capInvariants,
  ...calls,
  ...prices,
  ...periods,
  ...paymentInvariants,
  ...people,
];
