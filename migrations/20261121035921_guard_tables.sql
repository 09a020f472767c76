-- Windows that may not overlap.
alter table budget_periods add constraint budget_periods_no_overlap
  exclude using gist (org_id with =, tstzrange(starts_at, ends_at) with &&);
--> statement-breakpoint
alter table model_prices add constraint model_prices_no_overlap
  exclude using gist (model_id with =, context_tokens_min with =, tstzrange(valid_from, valid_to) with &&);
--> statement-breakpoint
alter table exchange_rates add constraint exchange_rates_no_overlap
  exclude using gist (tstzrange(valid_from, valid_to) with &&);
--> statement-breakpoint
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows never change', tg_op, tg_table_name using errcode = 'PH002';
end $$;
--> statement-breakpoint
create trigger usage_logs_append_only before update or delete or truncate on usage_logs
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger limit_changes_append_only before update or delete or truncate on limit_changes
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger budget_overrides_append_only before update or delete or truncate on budget_overrides
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger routing_policies_append_only before update or delete or truncate on routing_policies
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger provider_calls_kept before delete or truncate on provider_calls
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger reservations_kept before delete or truncate on reservations
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger model_prices_kept before delete or truncate on model_prices
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger exchange_rates_kept before delete or truncate on exchange_rates
  for each statement execute function refuse_change();
--> statement-breakpoint
-- A price or a rate is history the moment it is written: only its end may be set.
create function allow_only_valid_to() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - 'valid_to' is distinct from to_jsonb(old) - 'valid_to' then
    raise exception 'only valid_to of % may change', tg_table_name using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger model_prices_versioned before update on model_prices
  for each row execute function allow_only_valid_to();
--> statement-breakpoint
create trigger exchange_rates_versioned before update on exchange_rates
  for each row execute function allow_only_valid_to();
--> statement-breakpoint
-- held → exactly one of settled, released, expired; everything but the closing is fixed at admission.
create function check_reservation_transition() returns trigger language plpgsql as $$
begin
  if old.state <> 'held' or new.state = 'held' then
    raise exception 'reservation % is %', old.id, old.state using errcode = 'PH002';
  end if;
  if to_jsonb(new) - 'state' - 'closed_at' is distinct from to_jsonb(old) - 'state' - 'closed_at' then
    raise exception 'a reservation is fixed at admission' using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger reservations_one_transition before update on reservations
  for each row execute function check_reservation_transition();
--> statement-breakpoint
-- What an attempt was is fixed; when it was sent, first heard and how it ended are set once; progress only grows.
create function check_provider_call_change() returns trigger language plpgsql as $$
declare
  progress constant text[] := array['dispatched_at', 'first_byte_at', 'ended_at', 'outcome',
                                    'provider_request_id', 'output_tokens_seen'];
begin
  if to_jsonb(new) - progress is distinct from to_jsonb(old) - progress then
    raise exception 'a provider call is fixed when it is recorded' using errcode = 'PH002';
  end if;
  if old.outcome is not null then
    raise exception 'provider call % has ended', old.id using errcode = 'PH002';
  end if;
  if new.output_tokens_seen < old.output_tokens_seen
     or (old.dispatched_at is not null and new.dispatched_at is distinct from old.dispatched_at)
     or (old.first_byte_at is not null and new.first_byte_at is distinct from old.first_byte_at)
     or (old.provider_request_id is not null and new.provider_request_id is distinct from old.provider_request_id) then
    raise exception 'progress of provider call % only grows', old.id using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger provider_calls_set_once before update on provider_calls
  for each row execute function check_provider_call_change();
--> statement-breakpoint
create function follow_email_verified() returns trigger language plpgsql as $$
begin
  if new.email_verified and (tg_op = 'INSERT' or not old.email_verified) then
    new.email_verified_at := coalesce(new.email_verified_at, app_now());
  elsif not new.email_verified then
    new.email_verified_at := null;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger users_follow_email_verified before insert or update of email_verified, email_verified_at on users
  for each row execute function follow_email_verified();
--> statement-breakpoint
-- A process keeps the catalogue in memory under this number; every change of it makes the next turn read anew.
create function raise_catalogue_version() returns trigger language plpgsql as $$
begin
  insert into catalogue_version (id, version) values (1, 1)
  on conflict (id) do update set version = catalogue_version.version + 1;
  return null;
end $$;
--> statement-breakpoint
insert into catalogue_version (id, version) values (1, 1);
--> statement-breakpoint
create trigger models_raise_version after insert or update or delete on models
  for each statement execute function raise_catalogue_version();
--> statement-breakpoint
create trigger model_prices_raise_version after insert or update on model_prices
  for each statement execute function raise_catalogue_version();
--> statement-breakpoint
create trigger exchange_rates_raise_version after insert or update on exchange_rates
  for each statement execute function raise_catalogue_version();
--> statement-breakpoint
create trigger plans_raise_version after insert or update or delete on plans
  for each statement execute function raise_catalogue_version();
--> statement-breakpoint
create trigger routing_policies_raise_version after insert on routing_policies
  for each statement execute function raise_catalogue_version();
--> statement-breakpoint
create trigger feature_flags_raise_version after insert or update or delete on feature_flags
  for each statement execute function raise_catalogue_version();
