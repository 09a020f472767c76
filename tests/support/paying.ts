import { expect } from "vitest";
import type postgres from "postgres";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openOrder } from "@/features/payments/open-order.ts";
import type { OpenOrderInput, OrderView } from "@/features/payments/schema.ts";
import type { Ctx } from "@/server/ctx.ts";
import type { Person } from "../factories/people.ts";
import { settingsFor } from "./app-under-test.ts";
import type { FaultRig } from "./fault-rig.ts";
import { sepayTestSettings, signedWebhook, type Signing } from "./sepay.ts";
import type { TestDatabase } from "./test-database.ts";

/** The context of a person's own organisation at the present instant of the product's clock. */
export function ctxOf(database: TestDatabase, person: Person): Promise<Ctx> {
  return findOwner(database.db, { email: person.email, requestId: "test" });
}

/** Lets this process open orders as the instances of a rig would. */
export function takeSettingsOf(rig: Pick<FaultRig, "database" | "simulator">): void {
  Object.assign(process.env, settingsFor(rig.database.url, rig.simulator), sepayTestSettings);
}

/** Opens an order as its payer would. */
export async function askFor(
  database: TestDatabase,
  person: Person,
  input: OpenOrderInput,
): Promise<OrderView> {
  return openOrder(await ctxOf(database, person), input);
}

/** Delivers a notice to the door of this process, which must take it. */
export async function deliver(body: string, signing: Signing = {}): Promise<void> {
  const response = await sepayWebhookDoor(signedWebhook(body, signing));
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('{"success":true}');
}

export type Fate = {
  readonly state: string;
  readonly reason: string | null;
  /** The code of the order it is linked to. */
  readonly order: string | null;
};

/** What became of the transfer with that id of SePay's; null when it was never stored. */
export async function fateOf(sql: postgres.Sql, sepayId: number): Promise<Fate | null> {
  const [row] = await sql<Fate[]>`
    select p.state, p.reason, o.code as order from webhook_events e
      join payments p on p.webhook_event_id = e.id left join orders o on o.id = p.order_id
     where e.provider = 'sepay' and e.event_key = ${String(sepayId)}`;
  return row ?? null;
}

export type Holdings = {
  /** States of the orders, oldest first. */
  readonly orders: readonly string[];
  /** Cycles that count. */
  readonly cycles: number;
  readonly chains: number;
  /** Sums of grants by cause, micro-VND. */
  readonly grants: Readonly<Record<string, string>>;
  /** Limit of the running period, micro-VND; null when none is open. */
  readonly limit: string | null;
};

/** All that money has got an organisation. */
export async function holdingsOf(sql: postgres.Sql, orgId: string): Promise<Holdings> {
  const [row] = await sql<Holdings[]>`
    select coalesce((select jsonb_agg(state order by created_at, id) from orders where org_id = ${orgId}), '[]') as orders,
           (select count(*)::int from subscription_cycles c join subscriptions s on s.id = c.subscription_id
             where s.org_id = ${orgId} and c.reversed_at is null) as cycles,
           (select count(*)::int from subscriptions where org_id = ${orgId}) as chains,
           coalesce((select jsonb_object_agg(cause, amount) from (
             select cause, sum(amount_micro_vnd)::text as amount from grants
              where org_id = ${orgId} group by cause) g), '{}') as grants,
           (select limit_micro_vnd::text from budget_periods
             where org_id = ${orgId} and starts_at <= app_now() and ends_at > app_now()) as limit`;
  if (row === undefined) throw new Error("a statement without from has a row");
  return { ...row };
}

/** Whole đồng as the books have them. */
export const micro = (vnd: number): string => (BigInt(vnd) * 1_000_000n).toString();
