import { alone, among, type PlantedError } from "./planted-error.ts";
import { paymentErrors } from "./planted-errors-payments.ts";

/** A hold as the ledger takes it, by the free person. */
const takeHold = (turnId: string) => `
  select reserve_call(null, jsonb_build_object('orgId', p.org_id, 'userId', $FREE::text, 'periodId', p.id,
    'turnId', ${turnId}, 'purpose', 'chat', 'holdMicroVnd', '7', 'counters', '[]'::jsonb, 'day', '2026-11-21',
    'now', app_now(), 'expiresAt', app_now() + interval '1 hour', 'modelId', l.model_id, 'priceId', l.price_id,
    'rateId', l.rate_id, 'inputTokensEstimated', 1))
    from budget_periods p, usage_logs l where p.org_id = $ORG_FREE and l.id = $LOG`;

const ofSums: readonly PlantedError[] = [
  among("1-used", "a settle whose log is lost", "delete from usage_logs where id = $LOG"),
  alone(
    "1-used",
    "an update of used that is lost",
    "update budget_periods set used_micro_vnd = used_micro_vnd - 1 where org_id = $ORG_PAYING",
  ),
  among(
    "1-used",
    "a log of a period that does not exist",
    "update usage_logs set period_id = gen_random_uuid() where id = $LOG",
  ),
  alone(
    "1-member",
    "a member's used that differs",
    "update org_members set used_micro_vnd = used_micro_vnd + 1 where user_id = $PAYING",
  ),
  ...["org", "member", "free_plan"].map((scope) =>
    alone(
      "1-day",
      `a day's used of the scope ${scope} that differs`,
      `update daily_counters set used_micro_vnd = used_micro_vnd - 1 where scope = '${scope}'`,
    ),
  ),
  alone(
    "1-day",
    "a day that forgot its counter",
    "delete from daily_counters where subject_id = $ORG_PAYING",
  ),
  alone(
    "1-day",
    "a message of the day that was not counted",
    "update daily_counters set messages = messages - 1 where subject_id = $ORG_PAYING",
  ),
  alone(
    "1-month",
    "a month that counts a query too many",
    "update monthly_usage_summary set total_queries = total_queries + 1 where user_id = $FREE",
  ),
  alone(
    "1-month",
    "a month that leaves a correction out",
    "update monthly_usage_summary set total_cost_micro_vnd = total_cost_micro_vnd - 1234 where user_id = $PAYING",
  ),
  alone(
    "1-month",
    "a month that is missing",
    "delete from monthly_usage_summary where user_id = $FREE",
  ),
  among(
    "2-reserved",
    "a hold that was closed and not given back",
    takeHold("null"),
    "update reservations set state = 'released', closed_at = clock_timestamp() where state = 'held'",
  ),
  alone(
    "2-reserved",
    "a reserved that no hold explains",
    "update budget_periods set reserved_micro_vnd = 1 where org_id = $ORG_FREE",
  ),
  alone(
    "2-member",
    "a member's reserved that no hold explains",
    "update org_members set reserved_micro_vnd = 1 where user_id = $PAYING",
  ),
];

const ofHolds: readonly PlantedError[] = [
  alone(
    "3-admission",
    "a hold larger than what was left",
    "update reservations set headroom_at_admit_micro_vnd = hold_micro_vnd - 1 where user_id = $FREE",
  ),
  among(
    "3-excess",
    "a limit cut without its change",
    "update budget_periods set limit_micro_vnd = used_micro_vnd - 1 where org_id = $ORG_FREE",
  ),
  alone(
    "3-replay",
    "a race of two holds, both given back since",
    `insert into reservations (org_id, user_id, period_id, purpose, hold_micro_vnd, headroom_at_admit_micro_vnd, day,
       daily_scopes, state, created_at, closed_at, expires_at)
     select org_id, $FREE, id, 'chat', (limit_micro_vnd * 0.6)::bigint, limit_micro_vnd, '2026-11-21', '{}', 'released',
       clock_timestamp(), clock_timestamp() + interval '1 minute', clock_timestamp() + interval '10 minutes'
       from budget_periods, generate_series(1, 2) where org_id = $ORG_FREE`,
  ),
  among(
    "4-one-log",
    "a second log of one call",
    `do $$ begin drop index usage_logs_provider_call_key; end $$`,
    `insert into usage_logs select (jsonb_populate_record(null::usage_logs,
       to_jsonb(l) || jsonb_build_object('id', gen_random_uuid()))).* from usage_logs l where id = $LOG`,
  ),
  among(
    "4-no-call",
    "a log of a call that was never sent",
    `update provider_calls set dispatched_at = null
      where id = (select provider_call_id from usage_logs where id = $LOG)`,
  ),
  alone(
    "5-overdue",
    "a hold that nobody swept",
    takeHold("null"),
    "update reservations set expires_at = app_now() - interval '121 seconds' where state = 'held'",
  ),
  among(
    "5-closing",
    "a hold given back although the provider was called",
    "update reservations set state = 'released' where user_id = $FREE and state = 'settled'",
  ),
  alone(
    "5-turn",
    "a turn that runs without a hold",
    "update turns set state = 'running', finished_at = null where user_id = $FREE",
  ),
  alone("5-turn", "a hold whose turn does not exist", takeHold("gen_random_uuid()")),
];

const ofPrices: readonly PlantedError[] = [
  among(
    "6-cost",
    "cached tokens billed as fresh ones",
    `update usage_logs set fresh_input_tokens = fresh_input_tokens + cached_input_tokens, cached_input_tokens = 0
      where id = $LOG`,
  ),
  among(
    "6-cost",
    "a cost one micro-VND too high",
    "update usage_logs set cost_micro_vnd = cost_micro_vnd + 1 where id = $LOG",
  ),
  alone(
    "6-version",
    "the price of tomorrow on today's call",
    `update model_prices set valid_from = app_now() + interval '1 day'
      where id = (select price_id from usage_logs where id = $LOG)`,
  ),
  alone(
    "6-version",
    "a rate that had ended",
    "update exchange_rates set valid_from = '2026-01-01', valid_to = '2026-01-02'",
  ),
  alone(
    "6-adjustment",
    "a correction of something that is no call's log",
    "update usage_logs set adjusts_usage_log_id = id where kind = 'adjustment'",
  ),
];

const ofPeriods: readonly PlantedError[] = [
  among(
    "7-within",
    "usage booked to the neighbouring month",
    `update usage_logs l set occurred_at = p.ends_at from budget_periods p
      where p.id = l.period_id and l.id = $LOG`,
  ),
  among(
    "7-calendar",
    "a month of UTC instead of Vietnam",
    `update budget_periods set starts_at = starts_at + interval '7 hours', ends_at = ends_at + interval '7 hours'
      where org_id = $ORG_FREE`,
  ),
  among(
    "7-calendar",
    "a month that begins on its second day although nothing precedes it",
    "update budget_periods set starts_at = starts_at + interval '1 day' where org_id = $ORG_FREE",
  ),
  alone(
    "7-overlap",
    "two periods at one time",
    `do $$ begin alter table budget_periods drop constraint budget_periods_no_overlap; end $$`,
    `insert into budget_periods (org_id, kind, plan_id, starts_at, ends_at, limit_micro_vnd)
     select org_id, kind, plan_id, starts_at, ends_at, limit_micro_vnd from budget_periods where org_id = $ORG_PAYING`,
  ),
];

const ofPeople: readonly PlantedError[] = [
  alone(
    "11-owner",
    "a message in somebody else's conversation",
    "update messages set user_id = $FREE where user_id = $PAYING",
  ),
  among(
    "11-owner",
    "a log under another's name",
    "update usage_logs set user_id = $FREE where id = $LOG",
  ),
  alone("11-role", "a role nobody gave", "update users set role = 'finance' where id = $FREE"),
  alone(
    "11-role",
    "a role above the one that was given",
    "update users set role = 'admin' where role = 'ops'",
  ),
  alone(
    "11-money",
    "an override nobody answers for",
    `insert into budget_overrides (org_id, amount_micro_vnd, reason, expires_at, actor, created_at)
     values ($ORG_FREE, 1, 'x', app_now(), 'x', app_now() - interval '1 s')`,
  ),
  alone(
    "11-money",
    "a change of a limit nobody answers for",
    `insert into limit_changes (period_id, old_limit_micro_vnd, new_limit_micro_vnd, reason, actor, created_at)
     select id, limit_micro_vnd, limit_micro_vnd, 'x', 'x', app_now() - interval '1 s' from budget_periods`,
  ),
  alone(
    "11-money",
    "a correction by hand nobody answers for",
    `update usage_logs set reason = 'manual', created_at = created_at - interval '1 s' where kind = 'adjustment'`,
  ),
  alone(
    "12-erased",
    "an erased person who keeps a name",
    `do $$ begin alter table users drop constraint users_erased_holds_no_person; end $$`,
    "delete from accounts",
    "update users set erased_at = app_now(), role = 'user' where email = 'ops@pho.example'",
  ),
  alone(
    "12-erased",
    "an erased person who keeps messages",
    "delete from sessions where user_id = $PAYING",
    "update users set erased_at = app_now(), email = null, name = '' where id = $PAYING",
  ),
  alone(
    "12-erased",
    "a person deleted although there are logs",
    "delete from users where id = $FREE",
  ),
];

export const plantedErrors: readonly PlantedError[] = [
  ...ofSums,
  ...ofHolds,
  ...ofPrices,
  ...ofPeriods,
  ...paymentErrors,
  ...ofPeople,
];
