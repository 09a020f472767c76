import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { paymentWebhookDoor } from "@/api/doors/payment-webhook.ts";
import { codeOfOrderNumber } from "@/domain/payments/order-number.ts";
import { cancelOrder } from "@/features/payments/cancel-order.ts";
import { getWaysToPay } from "@/features/payments/get-ways-to-pay.ts";
import { env } from "@/server/env.ts";
import { openCheckout } from "@/features/payments/open-checkout.ts";
import type { CheckoutProvider, OrderView } from "@/features/payments/schema.ts";
import { makePayosProvider } from "@/server/payment-providers/payos.ts";
import type { paymentProviders } from "@/server/payment-providers/providers.ts";
import { makeStripeProvider } from "@/server/payment-providers/stripe.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, ctxOf, deliver, holdingsOf, micro } from "../support/paying.ts";
import { startPayos, type PayosServer } from "../support/payos-server.ts";
import { plantOrder, TAKEN, told } from "../support/sepay-world.ts";
import { sepayBody, sepayTestSettings } from "../support/sepay.ts";
import {
  sendJson,
  signedStripe,
  startStripe,
  STRIPE_SECRET_KEY,
  STRIPE_WEBHOOK_SECRET,
  stripeSession,
  stripeTestSettings,
  type StripeServer,
} from "../support/stripe.ts";
import { until } from "../support/until.ts";

const TOP_UP = { kind: "top_up", amountVnd: 50_000 } as const;
const HOUR_MS = 3_600_000;

let app: AppUnderTest;
let stripe: StripeServer;
let payos: PayosServer;
let person: Person;

beforeAll(async () => {
  app = await startApp({ settings: { ...sepayTestSettings, ...stripeTestSettings } });
  [stripe, payos] = await Promise.all([startStripe(), startPayos()]);
});

afterAll(async () => {
  await Promise.all([stripe.stop(), payos.stop()]);
  await app.stop();
});

beforeEach(async () => {
  person = await makePerson(app.database);
  stripe.asked.length = 0;
  payos.asked.length = 0;
});

/** Both of them at the local ports. */
function providers(): ReturnType<typeof paymentProviders> {
  const secrets = { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET };
  return new Map([
    ["stripe", makeStripeProvider({ ...secrets, api: stripe.api })],
    ["payos", makePayosProvider(payos.settings)],
  ]);
}

async function open(order: Pick<OrderView, "orderId">, provider: CheckoutProvider, who = person) {
  const input = { orderId: order.orderId, provider };
  return openCheckout(await ctxOf(app.database, who), input, providers());
}

const secondsOf = (instant: string) => Math.floor(Date.parse(instant) / 1000);

async function countEvents(): Promise<number> {
  const [row] = await app.database.sql`select count(*)::int as count from webhook_events`;
  return Number(row?.["count"]);
}

describe("a checkout of Stripe's", () => {
  it("asks for the whole đồng of our order, in our order's name, until it ends", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    const { url } = await open(order, "stripe");
    expect(url).toMatch(/^https:\/\/checkout\.stripe\.com\//);
    const [asked] = stripe.asked;
    expect(asked).toMatchObject({
      path: "/v1/checkout/sessions",
      authorization: `Bearer ${STRIPE_SECRET_KEY}`,
    });
    expect(Object.fromEntries(asked?.form ?? [])).toMatchObject({
      mode: "payment",
      "line_items[0][quantity]": "1",
      "line_items[0][price_data][currency]": "vnd",
      "line_items[0][price_data][unit_amount]": "50000",
      client_reference_id: order.code,
      "metadata[orderCode]": order.code,
      "payment_intent_data[metadata][orderCode]": order.code,
      success_url: `http://localhost:3999/billing?order=${order.orderId}`,
      cancel_url: `http://localhost:3999/billing?order=${order.orderId}`,
    });
    const expiresAt = Number(asked?.form.get("expires_at"));
    expect(expiresAt).toBe(secondsOf(order.expiresAt) - 60);
    expect(expiresAt * 1000 - Date.now()).toBeLessThan(24 * HOUR_MS);
  });

  it("opened again it is the same one; after a part it is another, for the rest", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    await open(order, "stripe");
    await open(order, "stripe");
    await deliver(sepayBody({ code: order.code, amount: 20_000 }));
    await open(order, "stripe");
    const [first, second, third] = stripe.asked.map(({ idempotencyKey }) => idempotencyKey);
    expect(first).toMatch(/^checkout:PHO/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(stripe.asked[2]?.form.get("line_items[0][price_data][unit_amount]")).toBe("30000");
  });

  it("of an order about to end lives as short as Stripe allows", async () => {
    const expiresAt = new Date(Date.now() + 5 * 60_000);
    const order = await plantOrder(app.database, person, { expiresAt });
    await open(order, "stripe");
    const livesMs = Number(stripe.asked[0]?.form.get("expires_at")) * 1000 - Date.now();
    expect(livesMs).toBeGreaterThan(30 * 60_000);
    expect(livesMs).toBeLessThan(32 * 60_000);
  });

  it("pays the order by its notice, and not by coming back", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    await open(order, "stripe");
    expect(await holdingsOf(app.database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["open"], grants: {} },
    });
    const code = stripe.asked[0]?.form.get("client_reference_id") ?? "";
    const notice = signedStripe(stripeSession({ code, amount: 50_000 }));
    expect(await told(await paymentWebhookDoor(notice, "stripe"))).toMatchObject(TAKEN);
    expect(await holdingsOf(app.database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(50_000) } },
    });
  });

  it.each([
    ["refuses", 402, { error: { type: "card_error", message: `no, ${STRIPE_SECRET_KEY}` } }],
    ["gives no address", 200, { id: "cs_test_x", object: "checkout.session", url: null }],
    [
      "gives an address that is not safe",
      200,
      { id: "cs_test_x", object: "checkout.session", url: "javascript:alert(1)" },
    ],
  ])("is provider_failed when Stripe %s, without a word of its answer", async (_, status, body) => {
    const order = await askFor(app.database, person, TOP_UP);
    stripe.interrupt((response) => sendJson(response, status, body));
    const failed: unknown = await open(order, "stripe").catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "provider_failed" });
    expect(String(failed)).not.toContain(STRIPE_SECRET_KEY);
  });
});

describe("a checkout of PayOS", () => {
  it("asks for the order's number, amount and end, signed", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    const { url } = await open(order, "payos");
    const [asked] = payos.asked;
    expect(url).toBe(`https://pay.payos.vn/web/${String(asked?.orderCode)}`);
    expect(codeOfOrderNumber(asked?.orderCode ?? -1)).toBe(order.code);
    expect(asked).toMatchObject({
      amount: 50_000,
      returnUrl: `http://localhost:3999/billing?order=${order.orderId}`,
      cancelUrl: `http://localhost:3999/billing?order=${order.orderId}`,
      expiredAt: secondsOf(order.expiresAt),
    });
    expect(asked?.description.length).toBeLessThanOrEqual(9);
  });

  it("is provider_failed when PayOS refuses", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    payos.interrupt((response) => sendJson(response, 200, { code: "231", desc: "no", data: null }));
    await expect(open(order, "payos")).rejects.toMatchObject({ code: "provider_failed" });
  });
});

describe("opening a checkout", () => {
  const both = ["payos", "stripe"] as const;

  it.each(both)("%s: of somebody else's order is not found", async (provider) => {
    const order = await askFor(app.database, person, TOP_UP);
    const stranger = await makePerson(app.database);
    await expect(open(order, provider, stranger)).rejects.toMatchObject({ code: "not_found" });
    expect([...stripe.asked, ...payos.asked]).toEqual([]);
  });

  it.each(both)("%s: of an order that waits for no money is refused", async (provider) => {
    const conflict = { code: "state_conflict" };
    const cancelled = await askFor(app.database, person, TOP_UP);
    await cancelOrder(await ctxOf(app.database, person), cancelled.orderId);
    await expect(open(cancelled, provider)).rejects.toMatchObject(conflict);
    const paid = await askFor(app.database, person, TOP_UP);
    await deliver(sepayBody({ code: paid.code, amount: 50_000 }));
    await expect(open(paid, provider)).rejects.toMatchObject(conflict);
    const expiresAt = new Date(Date.now() + 50);
    const over = await plantOrder(app.database, person, { expiresAt });
    await until(() => Date.now() > expiresAt.getTime() + 50);
    await expect(open(over, provider)).rejects.toMatchObject(conflict);
    expect([...stripe.asked, ...payos.asked]).toEqual([]);
  });

  it("changes nothing of ours", async () => {
    const order = await askFor(app.database, person, TOP_UP);
    const before = await holdingsOf(app.database.sql, person.orgId);
    const events = await countEvents();
    await Promise.all(both.map((provider) => open(order, provider)));
    expect(await holdingsOf(app.database.sql, person.orgId)).toEqual(before);
    expect(await countEvents()).toBe(events);
  });

  it("is offered for what is configured only", async () => {
    const settings = env();
    expect(getWaysToPay({ settings, providers: providers() }).checkouts).toEqual([
      "payos",
      "stripe",
    ]);
    expect(getWaysToPay({ settings, providers: new Map() }).checkouts).toEqual([]);
    const deaf = { ...settings, SEPAY_WEBHOOK_SECRET: undefined };
    expect(getWaysToPay({ settings: deaf, providers: new Map() }).isTransferOpen).toBe(false);
    const offered = await trpc(person, "billing.getWaysToPay");
    expect(offered.data).toEqual({ isTransferOpen: true, checkouts: ["stripe"] });
    const order = await askFor(app.database, person, TOP_UP);
    const call = { method: "POST", input: { orderId: order.orderId, provider: "payos" } } as const;
    expect(await trpc(person, "billing.openCheckout", call)).toMatchObject({
      ...{ status: 503, code: "provider_not_configured" },
    });
    expect(await trpc(null, "billing.openCheckout", call)).toMatchObject({ status: 401 });
    const unknown = { ...call, input: { ...call.input, provider: "sepay" } };
    expect(await trpc(person, "billing.openCheckout", unknown)).toMatchObject({ status: 400 });
  });
});
