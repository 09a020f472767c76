-- What came in is kept as it came.
create trigger webhook_events_append_only before update or delete or truncate on webhook_events
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger bank_lines_append_only before update or delete or truncate on bank_lines
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger grants_append_only before update or delete or truncate on grants
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger payment_decisions_append_only before update or delete or truncate on payment_decisions
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger payments_kept before delete or truncate on payments
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger orders_kept before delete or truncate on orders
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger subscription_cycles_kept before delete or truncate on subscription_cycles
  for each statement execute function refuse_change();
--> statement-breakpoint
-- What a transfer was is fixed when we first hear of it; what became of it may change.
create function check_payment_change() returns trigger language plpgsql as $$
declare
  fate constant text[] := array['state', 'reason', 'order_id', 'org_id', 'verified_by', 'decided_by',
                                'applied_at', 'updated_at', 'webhook_event_id', 'bank_line_id'];
begin
  if to_jsonb(new) - fate is distinct from to_jsonb(old) - fate then
    raise exception 'a payment is fixed when it arrives' using errcode = 'PH002';
  end if;
  if (old.webhook_event_id is not null and new.webhook_event_id is distinct from old.webhook_event_id)
     or (old.bank_line_id is not null and new.bank_line_id is distinct from old.bank_line_id)
     or (old.verified_by is not null and new.verified_by is null) then
    raise exception 'what told of a payment is set once' using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger payments_fixed before update on payments
  for each row execute function check_payment_change();
--> statement-breakpoint
create function check_order_change() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - array['state', 'paid_at'] is distinct from to_jsonb(old) - array['state', 'paid_at'] then
    raise exception 'an order is fixed when it is made' using errcode = 'PH002';
  end if;
  if old.state = 'refunded' and new.state <> 'refunded' or old.state = 'paid' and new.state not in ('paid', 'refunded') then
    raise exception 'order % is %', old.code, old.state using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger orders_fixed before update on orders
  for each row execute function check_order_change();
--> statement-breakpoint
-- A cycle may move to the chain that takes its place, or be reversed; what it is worth is fixed.
create function check_cycle_change() returns trigger language plpgsql as $$
begin
  if to_jsonb(new) - array['subscription_id', 'ordinal', 'reversed_at']
     is distinct from to_jsonb(old) - array['subscription_id', 'ordinal', 'reversed_at']
     or old.reversed_at is not null then
    raise exception 'a cycle is fixed when it is bought' using errcode = 'PH002';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger subscription_cycles_fixed before update on subscription_cycles
  for each row execute function check_cycle_change();
--> statement-breakpoint
-- The cycles of a chain: as many as fit before its end. A release that knew no cycles writes chains without
-- them; then they are what its plan gives.
create function fill_subscription_cycles() returns trigger language plpgsql as $$
begin
  insert into subscription_cycles (subscription_id, ordinal, plan_id, limit_micro_vnd)
  select new.id, n - 1, p.id,
         floor(p.price_micro_vnd::numeric * p.budget_ratio_bp
               / (case p.billing when 'yearly' then 12 else 1 end * 10000))::bigint
    from plans p, generate_series(1, 240) n
   where p.id = new.plan_id
     and (new.anchor_at at time zone 'Asia/Ho_Chi_Minh' + make_interval(months => n))
           at time zone 'Asia/Ho_Chi_Minh' <= new.paid_until
     and not exists (select 1 from subscription_cycles c where c.subscription_id = new.id);
  return null;
end $$;
--> statement-breakpoint
create constraint trigger subscriptions_have_cycles after insert on subscriptions
  deferrable initially deferred for each row execute function fill_subscription_cycles();
--> statement-breakpoint
insert into subscription_cycles (subscription_id, ordinal, plan_id, limit_micro_vnd)
select s.id, n - 1, p.id,
       floor(p.price_micro_vnd::numeric * p.budget_ratio_bp
             / (case p.billing when 'yearly' then 12 else 1 end * 10000))::bigint
  from subscriptions s join plans p on p.id = s.plan_id, generate_series(1, 240) n
 where (s.anchor_at at time zone 'Asia/Ho_Chi_Minh' + make_interval(months => n))
         at time zone 'Asia/Ho_Chi_Minh' <= s.paid_until;
