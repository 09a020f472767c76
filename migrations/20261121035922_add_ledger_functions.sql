-- Admission in one statement: one round trip, one commit. `p_claim` is the caller's own claim of the work, evaluated
-- before this body and part of the same transaction; 'taken' means somebody else has it, and nothing is written.
-- A guard that does not hold raises PH001 with the guard's name, which undoes the claim as well: the caller plans again.
-- Lock order: period, member, daily counters (org, member, free_plan).
create function reserve_call(p_claim text, p jsonb) returns jsonb language plpgsql as $$
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

  update org_members
     set period_id = v_period,
         used_micro_vnd = case when period_id = v_period then used_micro_vnd else 0 end,
         reserved_micro_vnd = case when period_id = v_period then reserved_micro_vnd else 0 end + v_hold
   where org_id = v_org and user_id = v_user
     and (v_hold = 0 or case when period_id = v_period then used_micro_vnd + reserved_micro_vnd else 0 end + v_hold
          <= least(cap_micro_vnd, (p->>'memberLimitMicroVnd')::bigint, 9223372036854775807));
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

  insert into reservations (org_id, user_id, period_id, turn_id, purpose, hold_micro_vnd, headroom_at_admit_micro_vnd,
                            day, daily_scopes, expires_at, created_at)
  values (v_org, v_user, v_period, (p->>'turnId')::uuid, p->>'purpose', v_hold, v_headroom,
          v_day, v_scopes, (p->>'expiresAt')::timestamptz, clock_timestamp())
  returning id into v_reservation;

  insert into provider_calls (reservation_id, attempt, model_id, price_id, rate_id, purpose, input_tokens_estimated)
  values (v_reservation, 1, p->>'modelId', (p->>'priceId')::uuid, (p->>'rateId')::uuid, p->>'purpose',
          (p->>'inputTokensEstimated')::int)
  returning id into v_call;

  return jsonb_build_object('outcome', 'reserved', 'reservationId', v_reservation, 'providerCallId', v_call);
end $$;
--> statement-breakpoint
-- Closes a hold and books `p_cost` (the usage logs newly written for it) in the caller's transaction, in the same lock
-- order. Money spent is booked in full whatever became of the hold: a second call finds the hold closed, books its cost
-- and gives nothing back again. Messages are given back only by a release.
create function close_reservation(p_reservation uuid, p_state text, p_cost bigint) returns jsonb
language plpgsql as $$
declare
  v reservations;
  v_period budget_periods;
  v_freed bigint := 0;
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
           messages = messages - case when v_freed > 0 and p_state = 'released'
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
create function claim_turn(p jsonb) returns text language plpgsql as $$
declare
  v_org uuid := (p->>'orgId')::uuid;
  v_turn uuid := (p->>'turnId')::uuid;
  v_user text := p->>'userId';
  v_conversation uuid := (p->>'conversationId')::uuid;
  v_now timestamptz := (p->>'now')::timestamptz;
begin
  insert into turns (org_id, id, user_id, conversation_id, body_hash, state, decision, heartbeat_at, created_at)
  values (v_org, v_turn, v_user, v_conversation, p->>'bodyHash', 'running', p->'decision', v_now, v_now)
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
-- The whole catalogue as one document, or null when the caller's copy is still the newest. Money and instants as text.
create function read_catalogue(p_known bigint) returns jsonb language sql stable as $$
  select case when v.version = p_known then null else jsonb_build_object(
    'version', v.version::text,
    'models', (select coalesce(jsonb_agg(jsonb_build_object(
        'modelId', id, 'provider', provider, 'providerModel', provider_model, 'name', name, 'tier', tier,
        'contextTokensMax', context_tokens_max, 'outputTokensMax', output_tokens_max,
        'outputTokensMin', output_tokens_min, 'qualityCurve', quality_curve, 'isFree', is_free, 'isEnabled', enabled)
        order by id), '[]') from models),
    'prices', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'modelId', model_id, 'validFrom', valid_from, 'validTo', valid_to,
        'contextTokensMin', context_tokens_min,
        'freshInputPicoUsd', fresh_input_pico_usd::text, 'cachedInputPicoUsd', cached_input_pico_usd::text,
        'cacheWrite5mPicoUsd', cache_write_5m_pico_usd::text, 'cacheWrite1hPicoUsd', cache_write_1h_pico_usd::text,
        'outputPicoUsd', output_pico_usd::text)), '[]')
        from model_prices where valid_to is null or valid_to > app_now() - interval '1 hour'),
    'rates', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'validFrom', valid_from, 'validTo', valid_to, 'rateMilliVnd', rate_milli_vnd::text)), '[]')
        from exchange_rates where valid_to is null or valid_to > app_now() - interval '1 hour'),
    'plans', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', id, 'tier', tier, 'billing', billing, 'outputTokensMax', output_tokens_max,
        'messagesDailyMax', messages_daily_max, 'modelTiers', model_tiers, 'defaultModelTier', default_model_tier)
        order by id), '[]') from plans),
    'policies', (select coalesce(jsonb_agg(jsonb_build_object(
        'version', version, 'parameters', parameters, 'isShadow', is_shadow, 'activeFrom', active_from)
        order by active_from), '[]') from routing_policies),
    'flags', (select coalesce(jsonb_agg(jsonb_build_object(
        'key', key, 'enabled', enabled, 'rolloutPercent', rollout_percent,
        'allowedUserIds', allowed_user_ids, 'deniedUserIds', denied_user_ids)), '[]') from feature_flags)
  ) end
  from catalogue_version v where v.id = 1
$$;
