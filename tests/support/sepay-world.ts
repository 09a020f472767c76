import { randomInt } from "node:crypto";
import { sepayWebhookDoor, type SepayDoorParts } from "@/api/doors/sepay-webhook.ts";
import { makeOrderCode } from "@/domain/payments/order-code.ts";
import { signedWebhook, type Signing } from "./sepay.ts";
import type { TestDatabase } from "./test-database.ts";

export type PlantedOrder = { readonly orderId: string; readonly code: string };

/** What a delivery was answered with; `text` is the body as it came. */
export type Delivered = {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
};

export const TAKEN = { status: 200, text: '{"success":true}' } as const;

/** Delivers to the door in this process. */
export async function deliver(
  body: string | Uint8Array,
  signing: Signing = {},
  parts: SepayDoorParts = {},
): Promise<Delivered> {
  return told(await sepayWebhookDoor(signedWebhook(body, signing), parts));
}

export async function told(response: Response): Promise<Delivered> {
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** A top-up that waits for its money, with a code of one's own. */
export async function plantOrder(
  { sql }: TestDatabase,
  owner: { readonly orgId: string; readonly userId: string },
  order: { readonly code?: string; readonly priceVnd?: number; readonly expiresAt?: Date } = {},
): Promise<PlantedOrder> {
  const { code = makeOrderCode((max) => randomInt(max)), priceVnd = 99_000 } = order;
  const [row] = await sql<{ id: string }[]>`
    insert into orders (code, org_id, user_id, kind, price_micro_vnd, expires_at)
    values (${code}, ${owner.orgId}, ${owner.userId}, 'top_up', ${`${priceVnd}000000`}::bigint,
            coalesce(${order.expiresAt ?? null}::timestamptz, app_now() + interval '24 hours'))
    returning id`;
  return { orderId: row?.id ?? "", code };
}

export type PaymentOfEvent = {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly orderId: string | null;
  readonly verifiedBy: string | null;
  readonly occurredAt: Date | null;
};

/** The payment SePay's id led to. */
export async function paymentOf({ sql }: TestDatabase, eventKey: number | string) {
  const [row] = await sql<PaymentOfEvent[]>`
    select p.id, p.state, p.reason, p.order_id as "orderId", p.verified_by as "verifiedBy",
           p.occurred_at as "occurredAt"
      from payments p join webhook_events e on e.id = p.webhook_event_id
     where e.provider = 'sepay' and e.event_key = ${String(eventKey)}`;
  return row ?? null;
}

export async function orderState({ sql }: TestDatabase, orderId: string): Promise<string | null> {
  const [row] = await sql<{ state: string }[]>`select state from orders where id = ${orderId}`;
  return row?.state ?? null;
}

/** What was credited to the budgets of an organisation, in all, micro-VND. */
export async function grantedTo({ sql }: TestDatabase, orgId: string): Promise<bigint> {
  const [row] = await sql<{ sum: string }[]>`
    select coalesce(sum(amount_micro_vnd), 0)::text as sum from grants where org_id = ${orgId}`;
  return BigInt(row?.sum ?? "0");
}

/** How many events and payments there are. */
export async function countStored({ sql }: TestDatabase) {
  const [row] = await sql<{ events: number; payments: number }[]>`
    select (select count(*)::int from webhook_events) as events,
           (select count(*)::int from payments) as payments`;
  return { events: row?.events ?? 0, payments: row?.payments ?? 0 };
}
