import type { Invariant } from "./invariants.ts";

/** The instant `months` after a chain's anchor, counted in Vietnam's calendar. */
const monthsOn = (months: string) => `add_months(s.anchor_at, ${months})`;

/** Verified money that was applied to an order. */
const appliedTo = (order: string) =>
  `coalesce((select sum(y.amount_micro_vnd) from payments y where y.order_id = ${order} and y.state = 'applied'), 0)`;

const money: readonly Invariant[] = [
  {
    id: "8-event",
    rule: "What a provider told us stands once, and is one payment's.",
    sql: () => `
      select e.id, e.provider, e.event_key from webhook_events e
       where (select count(*) from payments y where y.webhook_event_id = e.id) <> 1
      union all
      select null, provider, event_key from webhook_events group by 2, 3 having count(*) > 1`,
  },
  {
    id: "8-transfer",
    rule: "One transfer is applied once by the rules, under whatever event it came.",
    sql: () => `
      select provider, account_number, reference_code, count(*) from payments
       where state = 'applied' and reference_code <> '' and decided_by is null
       group by 1, 2, 3 having count(*) > 1`,
  },
  {
    id: "8-good-money",
    rule: "What was applied is verified money that came in, in đồng, of the organisation whose order it pays.",
    sql: () => `
      select y.id, y.direction, y.amount_micro_vnd::text, y.currency from payments y left join orders o on o.id = y.order_id
       where y.state = 'applied'
         and (y.direction <> 'in' or y.verified_by is null or coalesce(y.amount_micro_vnd, 0) <= 0 or y.currency <> 'VND'
              or y.org_id is null or o.org_id <> y.org_id)`,
  },
  {
    id: "8-order",
    rule: "An order is paid exactly when the payments applied to it cover its price, or finance gave it one by hand.",
    sql: () => `
      select o.id, o.code, o.state, o.price_micro_vnd::text, ${appliedTo("o.id")}::text as applied_micro_vnd from orders o
       where o.state = 'paid' and ${appliedTo("o.id")} < o.price_micro_vnd
             and not exists (select 1 from payment_decisions d where d.order_id = o.id and d.action = 'attach')
          or o.state not in ('paid', 'refunded') and ${appliedTo("o.id")} >= o.price_micro_vnd`,
  },
  {
    id: "8-given",
    rule: "A paid order gave what it was for: its months of cycles, none of them taken back, or its top-up.",
    sql: () => `
      select o.id, o.code, o.kind from orders o
       where o.state = 'paid' and case o.kind
         when 'plan' then (select count(*) from subscription_cycles c where c.order_id = o.id and c.reversed_at is null)
                          <> (o.plan_snapshot->>'months')::int
         else not exists (select 1 from grants g where g.cause = 'top_up' and g.cause_id = o.id::text
                             and g.org_id = o.org_id and g.amount_micro_vnd <= o.price_micro_vnd) end`,
  },
];

const entitlement: readonly Invariant[] = [
  {
    id: "9-paid-until",
    rule: "A subscription is paid until as many months after its anchor as it has cycles, one after the other; one that counts on from an older anchor begins in its first.",
    sql: () => `
      select s.id, s.anchor_at, s.starts_at, s.paid_until, c.cycles from subscriptions s
       cross join lateral (select count(*) filter (where reversed_at is null)::int as cycles,
                                  max(ordinal + 1) filter (where reversed_at is null) as places,
                                  coalesce(min(ordinal), 0) as first
                             from subscription_cycles where subscription_id = s.id) c
       where c.cycles <> coalesce(c.places, c.first) - c.first
          or s.paid_until <> ${monthsOn("coalesce(c.places, c.first)")}
          or s.starts_at is null and c.first <> 0
          or s.starts_at < ${monthsOn("c.first")} or s.starts_at >= ${monthsOn("c.first + 1")}`,
  },
  {
    id: "9-one-chain",
    rule: "At most one subscription of an organisation runs at a time.",
    sql: () => `
      select org_id, count(*) from subscriptions
       where state in ('active', 'cancelled') and paid_until > app_now() group by 1 having count(*) > 1`,
  },
  {
    id: "9-unpaid-cycle",
    rule: "A cycle that somebody paid for belongs to a paid order of the same organisation, or its order was refunded.",
    sql: () => `
      select c.id, o.state from subscription_cycles c join orders o on o.id = c.order_id join subscriptions s on s.id = c.subscription_id
       where o.org_id <> s.org_id or o.state not in ('paid', 'refunded')
          or o.state = 'refunded' and c.reversed_at is null and s.state <> 'ended'
             and ${monthsOn("c.ordinal + 1")} > app_now()`,
  },
  {
    // An override that ended may stand until the next run of the job that takes it back.
    id: "9-limit",
    rule: "The limit of a running cycle is what was bought for it, or finance's override, and its grants.",
    sql: () => `
      select p.id, p.limit_micro_vnd::text from budget_periods p
       where p.kind = 'cycle' and p.closed_at is null and p.starts_at <= app_now() and p.ends_at > app_now()
         and not exists (
           select 1 from subscriptions s join subscription_cycles c on c.subscription_id = s.id and c.reversed_at is null
            where s.org_id = p.org_id and (s.ended_at is null or s.ended_at > p.starts_at)
              and ${monthsOn("c.ordinal")} <= p.starts_at and ${monthsOn("c.ordinal + 1")} > p.starts_at
              and p.plan_id = c.plan_id
              and p.limit_micro_vnd = greatest(0, c.limit_micro_vnd + coalesce((
                    select sum(g.amount_micro_vnd) from grants g where g.period_id = p.id), 0)))
         and not exists (
           select 1 from budget_overrides o
            where o.org_id = p.org_id and o.expires_at > p.starts_at
              and p.limit_micro_vnd = greatest(0, o.amount_micro_vnd + coalesce((
                    select sum(g.amount_micro_vnd) from grants g
                     where g.period_id = p.id and g.created_at > o.created_at), 0)))`,
  },
  {
    id: "9-carry",
    rule: "What was carried out of a period came into another one of the same organisation, to the micro-VND.",
    sql: () => `
      select cause_id, sum(amount_micro_vnd)::text from grants
       where cause in ('carried_out', 'carry_over') group by 1
      having sum(amount_micro_vnd) <> 0 or count(*) <> 2 or count(distinct period_id) <> 2 or count(distinct org_id) <> 1`,
  },
  {
    id: "9-grant",
    rule: "A grant is of its period's organisation.",
    sql: () => `
      select g.id from grants g left join budget_periods p on p.id = g.period_id
       where p.org_id is distinct from g.org_id`,
  },
];

/** Money that came in, and what it entitles to. */
export const paymentInvariants: readonly Invariant[] = [...money, ...entitlement];
