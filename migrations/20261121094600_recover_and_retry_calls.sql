-- Ids may come from the caller, who can then find out whether an admission whose answer was lost did happen; the version
-- before this one sends none.
-- Admission in one statement: one round trip, one commit. `p_claim` is the caller's own claim of the work, evaluated
-- before this body and part of the same transaction; 'taken' means somebody else has it, and nothing is written.
-- A guard that does not hold raises PH001 with the guard's name, which undoes the claim as well: the caller plans again.
-- Lock order: period, member, daily counters (org, member, free_plan).
create or replace function reserve_call(p_claim text, p jsonb) returns jsonb language plpgsql as $$
declare
  v_org uuid := (p->>'orgId')::uuid;
  v_user text := p->>'userId';
  v_period uuid := (p->>'periodId')::uuid;
  v_hold bigint := (p->>'holdMicroVnd')::bigint;
  v_now timestamptz := (p->>'now')::timestamptz;
  v_day date := (p->>'day')::date;
  v_scopes text[] := '{}';
  v_subject text;
  v_headroom bigint;
  v_reservation uuid;
  v_call uuid;
  v_counter jsonb;
begin
  if p_claim = 'taken' then
    return jsonb_build_object('outcome', 'taken');
  end if;

  -- A hold of zero (a free model) is admitted whatever the balance.
  update budget_periods set reserved_micro_vnd = reserved_micro_vnd + v_hold
   where id = v_period and org_id = v_org and closed_at is null and starts_at <= v_now and ends_at > v_now
     and (v_hold = 0 or used_micro_vnd + reserved_micro_vnd + v_hold <= limit_micro_vnd)
  returning limit_micro_vnd - used_micro_vnd - reserved_micro_vnd + v_hold into v_headroom;
  if not found then
    raise exception 'period' using errcode = 'PH001';
  end if;

  -- The member's row counts one period. When it changes over, also back to one that a late question was planned in, it
  -- starts from that period's logs and holds: they change only under the period's lock, which is held here.
  update org_members m
     set period_id = v_period, used_micro_vnd = s.used, reserved_micro_vnd = s.reserved + v_hold
    from (select o.user_id,
                 case when o.period_id = v_period then o.used_micro_vnd
                      else coalesce((select sum(l.cost_micro_vnd) from usage_logs l
                                      where l.period_id = v_period and l.user_id = v_user), 0)::bigint end as used,
                 case when o.period_id = v_period then o.reserved_micro_vnd
                      else coalesce((select sum(r.hold_micro_vnd) from reservations r
                                      where r.period_id = v_period and r.user_id = v_user and r.state = 'held'), 0)::bigint end as reserved
            from org_members o where o.org_id = v_org and o.user_id = v_user for no key update) s
   where m.org_id = v_org and m.user_id = v_user
     and (v_hold = 0 or s.used + s.reserved + v_hold
          <= least(m.cap_micro_vnd, (p->>'memberLimitMicroVnd')::bigint, 9223372036854775807));
  if not found then
    raise exception 'member' using errcode = 'PH001';
  end if;

  for v_counter in select * from jsonb_array_elements(p->'counters') loop
    v_subject := v_counter->>'subjectId';
    v_scopes := v_scopes || (v_counter->>'scope') || v_subject;
    insert into daily_counters (scope, subject_id, day) values (v_counter->>'scope', v_subject, v_day)
    on conflict do nothing;
    update daily_counters
       set reserved_micro_vnd = reserved_micro_vnd + v_hold,
           messages = messages + (v_counter->>'messages')::int
     where scope = v_counter->>'scope' and subject_id = v_subject and day = v_day
       and (v_hold = 0 or v_counter->>'capMicroVnd' is null
            or used_micro_vnd + reserved_micro_vnd + v_hold <= (v_counter->>'capMicroVnd')::bigint)
       and (v_counter->>'messagesMax' is null
            or messages + (v_counter->>'messages')::int <= (v_counter->>'messagesMax')::int);
    if not found then
      raise exception '%', v_counter->>'scope' using errcode = 'PH001';
    end if;
  end loop;

  insert into reservations (id, org_id, user_id, period_id, turn_id, purpose, hold_micro_vnd, headroom_at_admit_micro_vnd,
                            day, daily_scopes, expires_at, created_at)
  values (coalesce((p->>'reservationId')::uuid, gen_random_uuid()), v_org, v_user, v_period,
          (p->>'turnId')::uuid, p->>'purpose', v_hold, v_headroom, v_day, v_scopes, (p->>'expiresAt')::timestamptz, clock_timestamp())
  returning id into v_reservation;

  insert into provider_calls (id, reservation_id, attempt, model_id, price_id, rate_id, purpose, input_tokens_estimated)
  values (coalesce((p->>'providerCallId')::uuid, gen_random_uuid()), v_reservation, 1, p->>'modelId',
          (p->>'priceId')::uuid, (p->>'rateId')::uuid, p->>'purpose', (p->>'inputTokensEstimated')::int)
  returning id into v_call;

  return jsonb_build_object('outcome', 'reserved', 'reservationId', v_reservation, 'providerCallId', v_call);
end $$;
--> statement-breakpoint
-- Closes a hold and books `p_cost` (the usage logs newly written for it) in the caller's transaction, in the same lock
-- order. Money spent is booked in full whatever became of the hold: a second call finds the hold closed, books its cost
-- and gives nothing back again. A message is given back with its hold, free models included.
create or replace function close_reservation(p_reservation uuid, p_state text, p_cost bigint) returns jsonb
language plpgsql as $$
declare
  v reservations;
  v_period budget_periods;
  v_freed bigint := 0;
  v_is_given_back boolean := false;
  v_index int;
begin
  select * into v from reservations where id = p_reservation;
  if not found then
    raise exception 'reservation % does not exist', p_reservation using errcode = 'PH003';
  end if;

  perform 1 from budget_periods where id = v.period_id for no key update;
  update reservations set state = p_state, closed_at = clock_timestamp()
   where id = p_reservation and state = 'held';
  if found then
    v_freed := v.hold_micro_vnd;
    v_is_given_back := p_state in ('released', 'expired');
  end if;

  update budget_periods
     set used_micro_vnd = used_micro_vnd + p_cost, reserved_micro_vnd = reserved_micro_vnd - v_freed
   where id = v.period_id returning * into v_period;

  update org_members
     set used_micro_vnd = used_micro_vnd + p_cost, reserved_micro_vnd = reserved_micro_vnd - v_freed
   where org_id = v.org_id and user_id = v.user_id and period_id = v.period_id;

  for v_index in 1 .. coalesce(array_length(v.daily_scopes, 1), 0) by 2 loop
    update daily_counters
       set used_micro_vnd = used_micro_vnd + p_cost,
           reserved_micro_vnd = reserved_micro_vnd - v_freed,
           messages = messages - case when v_is_given_back
                                       and scope = 'org' and v.purpose = 'chat' then 1 else 0 end
     where scope = v.daily_scopes[v_index] and subject_id = v.daily_scopes[v_index + 1] and day = v.day;
  end loop;

  return jsonb_build_object(
    'state', (select state from reservations where id = p_reservation),
    'limitMicroVnd', v_period.limit_micro_vnd::text,
    'usedMicroVnd', v_period.used_micro_vnd::text,
    'reservedMicroVnd', v_period.reserved_micro_vnd::text);
end $$;
--> statement-breakpoint
-- Claims a turn for its caller inside the admitting statement: the turn, the conversation if it opens one, the question.
-- 'taken': the id exists already; nothing is written.
create or replace function claim_turn(p jsonb) returns text language plpgsql as $$
declare
  v_org uuid := (p->>'orgId')::uuid;
  v_turn uuid := (p->>'turnId')::uuid;
  v_user text := p->>'userId';
  v_conversation uuid := (p->>'conversationId')::uuid;
  v_now timestamptz := (p->>'now')::timestamptz;
begin
  insert into turns (org_id, id, user_id, conversation_id, body_hash, state, decision, heartbeat_at, created_at,
                     process_id, question_message_id, answer_message_id)
  values (v_org, v_turn, v_user, v_conversation, p->>'bodyHash', 'running', p->'decision', v_now, v_now,
          (p->>'processId')::uuid, (p->>'questionMessageId')::uuid, (p->>'answerMessageId')::uuid)
  on conflict (org_id, id) do nothing;
  if not found then
    return 'taken';
  end if;
  if (p->>'isNewConversation')::boolean then
    insert into conversations (id, org_id, user_id, title, created_at, updated_at)
    values (v_conversation, v_org, v_user, p->>'title', v_now, v_now);
  else
    update conversations set updated_at = v_now where id = v_conversation and org_id = v_org and user_id = v_user;
  end if;
  if p->'question' <> 'null'::jsonb then
    insert into messages (id, conversation_id, org_id, user_id, turn_id, role, parts, state, created_at)
    values ((p->>'questionMessageId')::uuid, v_conversation, v_org, v_user, v_turn, 'user', p->'question', 'complete', v_now);
  end if;
  return 'claimed';
end $$;
--> statement-breakpoint
-- Ends an attempt that failed before its first token and records the next one of the same reservation, which must still
-- be held. The id is the caller's, so that a repeat after a lost answer does nothing twice.
-- @returns whether the next attempt may be made.
create function record_attempt(p jsonb) returns boolean language plpgsql as $$
begin
  update provider_calls
     set outcome = p->>'endedOutcome', ended_at = clock_timestamp(),
         provider_request_id = coalesce(provider_request_id, p->>'endedRequestId'),
         dispatched_at = coalesce(dispatched_at, clock_timestamp())
   where id = (p->>'endedCallId')::uuid and outcome is null;
  insert into provider_calls (id, reservation_id, attempt, model_id, price_id, rate_id, purpose, input_tokens_estimated)
  select (p->>'providerCallId')::uuid, r.id, (p->>'attempt')::int, p->>'modelId', (p->>'priceId')::uuid,
         (p->>'rateId')::uuid, r.purpose, (p->>'inputTokensEstimated')::int
    from reservations r where r.id = (p->>'reservationId')::uuid and r.state = 'held'
  on conflict (id) do nothing;
  return exists(select 1 from provider_calls c join reservations r on r.id = c.reservation_id
                 where c.id = (p->>'providerCallId')::uuid and r.state = 'held');
end $$;
--> statement-breakpoint
-- Counts of attempts are not worth a write to the log of the database.
alter table rate_limits set unlogged;
