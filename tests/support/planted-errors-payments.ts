import { alone, among, type PlantedError } from "./planted-error.ts";

const applied = [
  ...[
    "id",
    "provider",
    "direction",
    "amount_micro_vnd",
    "currency",
    "webhook_event_id",
    "bank_line_id",
    "verified_by",
  ],
  ...["state", "account_number", "reference_code", "org_id", "order_id", "applied_at"],
];

/** A transfer that was applied, of a webhook of its own; `more` overrides columns of the payment. */
const transfer = (more: string) => [
  `insert into webhook_events (id, provider, event_key, scheme, raw_body, headers)
   values ('00000000-0000-4000-8000-00000000000e', 'sepay', '1', 'hmac', '', '{}')`,
  `insert into payments (${applied.join(", ")})
   select ${applied.join(", ")} from jsonb_populate_record(null::payments, jsonb_build_object(
     'id', gen_random_uuid(), 'provider', 'sepay', 'direction', 'in', 'amount_micro_vnd', 29000000000, 'currency', 'VND',
     'webhook_event_id', '00000000-0000-4000-8000-00000000000e', 'verified_by', 'hmac', 'state', 'applied',
     'account_number', '1', 'reference_code', 'FT1', 'org_id', $ORG_FREE::text, 'applied_at', app_now()) || ${more})`,
];

/** An order of the free person for a starter month; its id is fixed. */
const ORDER = "'00000000-0000-4000-8000-0000000000f0'";
const order = (state: string, kind: "plan" | "top_up" = "plan") => `
  insert into orders (id, code, org_id, user_id, kind, plan_id, plan_snapshot, price_micro_vnd, starts, state, expires_at, paid_at)
  values (${ORDER}, 'PHO1', $ORG_FREE, $FREE, '${kind}',
          ${kind === "plan" ? `'starter', '{"months": 1}', 29000000000, 'now'` : "null, null, 29000000000, null"},
          '${state}', app_now() + interval '1 day', ${state === "paid" || state === "refunded" ? "app_now()" : "null"})`;
const ofOrder = `jsonb_build_object('order_id', ${ORDER})`;

/** The paying person's cycle, as if that order had bought it. */
const buyCycle = `
  update subscription_cycles set order_id = ${ORDER}
   where subscription_id = (select id from subscriptions where org_id = $ORG_PAYING)`;

const grant = (columns: string, cause: string, amount: string) => `
  insert into grants (org_id, period_id, amount_micro_vnd, cause, cause_id, reason, actor)
  select ${columns}, ${amount}, '${cause}', 'x:1', 'x', 'x' from budget_periods p where p.org_id = $ORG_FREE`;

export const paymentErrors: readonly PlantedError[] = [
  alone(
    "8-event",
    "a notice nobody made a payment of",
    `insert into webhook_events (provider, event_key, scheme, raw_body, headers)
     values ('sepay', '2', 'hmac', '', '{}')`,
  ),
  among(
    "8-event",
    "one notice kept twice",
    "do $$ begin alter table webhook_events drop constraint webhook_events_event_key; end $$",
    `insert into webhook_events (provider, event_key, scheme, raw_body, headers)
     select 'sepay', '3', 'hmac', '', '{}' from generate_series(1, 2)`,
  ),
  among(
    "8-event",
    "a notice applied twice",
    "do $$ begin alter table payments drop constraint payments_webhook_event_key; end $$",
    ...transfer("'{}'"),
    transfer(`'{"reference_code": "FT2"}'`)[1] ?? "",
  ),
  among(
    "8-transfer",
    "one transfer applied under two notices",
    ...transfer("'{}'"),
    transfer(`'{"webhook_event_id": null, "bank_line_id": "1"}'`)[1] ?? "",
  ),
  ...[
    ["money out", `'{"direction": "out"}'`],
    ["an unverified transfer", `'{"verified_by": null}'`],
    ["a transfer of nothing", `'{"amount_micro_vnd": 0}'`],
    ["another currency", `'{"currency": "USD"}'`],
  ].map(([what = "", more = ""]) =>
    alone(
      "8-good-money",
      `${what} that was applied`,
      "do $$ begin alter table payments drop constraint payments_applied_is_good_money; end $$",
      ...transfer(more),
    ),
  ),
  among(
    "8-good-money",
    "somebody else's money",
    order("paid"),
    ...transfer(`${ofOrder} || jsonb_build_object('org_id', $ORG_PAYING::text)`),
  ),
  among(
    "8-order",
    "an underpaid order that counts as paid",
    order("paid"),
    ...transfer(`${ofOrder} || '{"amount_micro_vnd": 28999999999}'`),
  ),
  alone("8-order", "a paid-up order that stays open", order("open"), ...transfer(ofOrder)),
  alone("8-given", "a paid plan without its cycles", order("paid"), ...transfer(ofOrder)),
  alone(
    "8-given",
    "a paid top-up without its grant",
    order("paid", "top_up"),
    ...transfer(ofOrder),
  ),
  alone(
    "9-paid-until",
    "a day of subscription nobody paid for",
    "update subscriptions set paid_until = paid_until + interval '1 day'",
  ),
  alone(
    "9-paid-until",
    "a month of subscription nobody paid for",
    `update subscriptions set paid_until = (paid_until at time zone 'Asia/Ho_Chi_Minh' + interval '1 month')
                                             at time zone 'Asia/Ho_Chi_Minh'`,
  ),
  among("9-paid-until", "a gap in a chain", "update subscription_cycles set ordinal = ordinal + 1"),
  alone(
    "9-paid-until",
    "a chain that begins outside its first month",
    "update subscriptions set starts_at = anchor_at + interval '40 days'",
  ),
  alone(
    "9-one-chain",
    "a second chain beside the first",
    `insert into subscriptions (id, org_id, plan_id, anchor_at, paid_until, state)
     select gen_random_uuid(), org_id, plan_id, anchor_at, paid_until, state from subscriptions`,
    `insert into subscription_cycles (subscription_id, ordinal, plan_id, limit_micro_vnd)
     select s.id, c.ordinal, c.plan_id, c.limit_micro_vnd from subscriptions s, subscription_cycles c
      where not exists (select 1 from subscription_cycles o where o.subscription_id = s.id)`,
  ),
  among("9-unpaid-cycle", "a cycle of an order nobody paid", order("open"), buyCycle),
  among("9-unpaid-cycle", "a refunded cycle that still runs", order("refunded"), buyCycle),
  alone(
    "9-limit",
    "a budget raised without a grant",
    "update budget_periods set limit_micro_vnd = limit_micro_vnd + 1 where org_id = $ORG_PAYING",
  ),
  alone(
    "9-carry",
    "money carried into a period and out of none",
    grant("p.org_id, p.id", "carry_over", "1"),
  ),
  alone(
    "9-carry",
    "money carried into a period that it came out of",
    grant("p.org_id, p.id", "carry_over", "1"),
    grant("p.org_id, p.id", "carried_out", "-1"),
  ),
  alone(
    "9-grant",
    "a grant in somebody else's period",
    grant("$ORG_PAYING::uuid, p.id", "credit", "1"),
  ),
];
