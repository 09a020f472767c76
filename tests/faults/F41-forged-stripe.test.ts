import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paymentWebhookDoor } from "@/api/doors/payment-webhook.ts";
import type { OrderView } from "@/features/payments/schema.ts";
import { renderMetrics } from "@/server/metrics.ts";
import { makeStripeProvider } from "@/server/payment-providers/stripe.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, holdingsOf, micro } from "../support/paying.ts";
import { countStored, TAKEN, told } from "../support/sepay-world.ts";
import { sepayTestSettings } from "../support/sepay.ts";
import {
  signedStripe,
  STRIPE_SECRET_KEY,
  STRIPE_WEBHOOK_SECRET,
  startStripe,
  stripeDispute,
  stripeEvent,
  stripeId,
  stripeRefund,
  stripeSession,
  stripeSignature,
  stripeTestSettings,
  type StripeSigning,
} from "../support/stripe.ts";

const PREMIUM = { kind: "plan", planId: "premium", starts: "now" } as const;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: { ...sepayTestSettings, ...stripeTestSettings } });
});

afterAll(() => app.stop());

async function deliver(body: string, signing: StripeSigning = {}) {
  return told(await paymentWebhookDoor(signedStripe(body, signing), "stripe"));
}

/** Somebody with an open order of 99,000 ₫. */
async function asked(): Promise<{ readonly person: Person; readonly order: OrderView }> {
  const person = await makePerson(app.database);
  return { person, order: await askFor(app.database, person, PREMIUM) };
}

/** All that a delivery could change. */
async function books(person: Person) {
  const { database } = app;
  return {
    ...(await countStored(database)),
    holdings: await holdingsOf(database.sql, person.orgId),
  };
}

async function refused(reason: string): Promise<number> {
  const { body } = await renderMetrics(null);
  const line = new RegExp(
    `^webhooks_refused_total\\{provider="stripe",reason="${reason}"\\} (\\d+)$`,
    "m",
  );
  return Number(line.exec(body)?.[1] ?? 0);
}

/** What became of the transfer Stripe told of under that key. */
async function fateOf(eventKey: string) {
  const [row] = await app.database.sql`
    select p.state, p.reason, o.code as order, p.direction, p.account_number as account,
           p.currency, p.amount_micro_vnd::text as amount, p.verified_by as "verifiedBy"
      from webhook_events e
      join payments p on p.webhook_event_id = e.id left join orders o on o.id = p.order_id
     where e.provider = 'stripe' and e.event_key = ${eventKey}`;
  return row === undefined ? null : { ...row };
}

const forgeries: readonly (readonly [string, string, (body: string) => string | null])[] = [
  ["no signature", "signature_missing", () => null],
  ["an empty signature", "signature_malformed", () => ""],
  [
    "a truncated signature",
    "signature_malformed",
    (body: string) => stripeSignature(body).slice(0, -2),
  ],
  [
    "a signature of the old scheme",
    "signature_malformed",
    (body: string) => stripeSignature(body).replace("v1=", "v0="),
  ],
  [
    "zeros",
    "signature_wrong",
    (body: string) => stripeSignature(body).replace(/v1=.*/, `v1=${"0".repeat(64)}`),
  ],
  [
    "another secret's signature",
    "signature_wrong",
    (body: string) => stripeSignature(body, { secret: "whsec_another" }),
  ],
  [
    "an empty secret's signature",
    "signature_wrong",
    (body: string) => {
      const at = String(Math.floor(Date.now() / 1000));
      const hex = createHmac("sha256", "").update(`${at}.${body}`).digest("hex");
      return `t=${at},v1=${hex}`;
    },
  ],
  [
    "a signature of the body alone",
    "signature_wrong",
    (body: string) => {
      const hex = createHmac("sha256", STRIPE_WEBHOOK_SECRET).update(body).digest("hex");
      return `t=${String(Math.floor(Date.now() / 1000))},v1=${hex}`;
    },
  ],
  [
    "an old signature with a fresh stamp",
    "signature_wrong",
    (body: string) => {
      const old = stripeSignature(body, { timestamp: 1_700_000_000 });
      return old.replace("1700000000", String(Math.floor(Date.now() / 1000)));
    },
  ],
  [
    "the right signature of another body",
    "signature_wrong",
    (body: string) => stripeSignature(body.replaceAll("99000", "1000")),
  ],
];

describe("F41 forged notices of Stripe", () => {
  it.each(forgeries)("%s: 401, nothing stored, counted", async (_, reason, sign) => {
    const { person, order } = await asked();
    const before = await books(person);
    const counted = await refused(reason);
    const body = stripeSession({ code: order.code });
    const request = signedStripe(body);
    const header = sign(body);
    request.headers.delete("stripe-signature");
    if (header !== null) request.headers.set("stripe-signature", header);
    const answer = await told(await paymentWebhookDoor(request, "stripe"));
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain("true");
    expect(await books(person)).toEqual(before);
    expect(await refused(reason)).toBe(counted + 1);
  });

  it("without its settings the door is closed to everything", async () => {
    const { person, order } = await asked();
    const before = await books(person);
    const body = stripeSession({ code: order.code });
    const closed = await paymentWebhookDoor(signedStripe(body), "stripe", { provider: null });
    expect(closed.status).toBe(503);
    expect(await books(person)).toEqual(before);
  });

  it("takes the real one once, keeps no secret, and a repeat changes nothing", async () => {
    const { person, order } = await asked();
    const id = stripeId("cs_test");
    const body = stripeSession({ id, code: order.code });
    expect(await deliver(body, { headers: { authorization: "secret" } })).toMatchObject(TAKEN);
    const after = await books(person);
    expect(after.holdings).toMatchObject({ orders: ["paid"], cycles: 1, limit: micro(99_000) });
    expect(await fateOf(id)).toEqual({
      ...{ state: "applied", reason: null, order: order.code, direction: "in" },
      ...{ account: "stripe", currency: "VND", amount: micro(99_000), verifiedBy: "signature" },
    });
    const repeats = [1, 2, 3, 4, 5].map((ago) =>
      deliver(body, { timestamp: Math.floor(Date.now() / 1000) - ago }),
    );
    for (const answer of await Promise.all(repeats)) expect(answer).toMatchObject(TAKEN);
    // The same checkout by its other event: a new event of Stripe's, the same money.
    const again = stripeSession({
      ...{ id, code: order.code, type: "checkout.session.async_payment_succeeded" },
    });
    expect(await deliver(again)).toMatchObject(TAKEN);
    expect(await books(person)).toEqual(after);
    const [kept] = await app.database.sql<{ headers: Record<string, string> }[]>`
      select headers from webhook_events where provider = 'stripe' and event_key = ${id}`;
    expect(Object.keys(kept?.headers ?? {}).sort()).toEqual([
      ...["content-type", "stripe-signature", "user-agent"],
    ]);
  });

  it("an old signature is stored and grants nothing, until a fresh one says the same", async () => {
    const { person, order } = await asked();
    const id = stripeId("cs_test");
    const body = stripeSession({ id, code: order.code });
    expect(await deliver(body, { timestamp: 1_700_000_000 })).toMatchObject(TAKEN);
    expect(await fateOf(id)).toMatchObject({ state: "review", reason: "stale_signature" });
    expect((await books(person)).holdings).toMatchObject({ orders: ["open"], cycles: 0 });
    expect(await deliver(body)).toMatchObject(TAKEN);
    expect((await books(person)).holdings).toMatchObject({ orders: ["paid"], cycles: 1 });
  });

  it.each([
    ["what is not paid yet", (code: string) => stripeSession({ code, status: "unpaid" })],
    [
      "another kind of event",
      (code: string) =>
        stripeEvent({
          type: "payment_intent.succeeded",
          object: { metadata: { orderCode: code } },
        }),
    ],
  ])("%s is answered and not stored", async (_, make) => {
    const { person, order } = await asked();
    const before = await books(person);
    expect(await deliver(make(order.code))).toMatchObject(TAKEN);
    expect(await books(person)).toEqual(before);
  });

  it.each([
    ["dollars", { currency: "usd" }, { state: "review", reason: "wrong_currency" }],
    ["too little", { amount: 1_000 }, { state: "unmatched", reason: "short" }],
  ])("%s for the order do not pay it", async (_, odd, fate) => {
    const { person, order } = await asked();
    const id = stripeId("cs_test");
    expect(await deliver(stripeSession({ id, code: order.code, ...odd }))).toMatchObject(TAKEN);
    expect(await fateOf(id)).toMatchObject(fate);
    expect((await books(person)).holdings).toMatchObject({ cycles: 0, grants: {} });
  });

  it("a refund goes to finance and takes nothing away by itself", async () => {
    const { person, order } = await asked();
    expect(await deliver(stripeSession({ code: order.code }))).toMatchObject(TAKEN);
    const { holdings } = await books(person);
    const id = stripeId("evt");
    expect(await deliver(stripeRefund({ id, code: order.code, refunded: 99_000 }))).toMatchObject(
      TAKEN,
    );
    expect(await fateOf(id)).toMatchObject({
      ...{ state: "review", reason: "refund_notice", order: order.code, direction: "out" },
    });
    expect((await books(person)).holdings).toEqual(holdings);
  });

  it("a dispute goes to finance, also when Stripe does not say whose it is", async () => {
    const { person, order } = await asked();
    expect(await deliver(stripeSession({ code: order.code }))).toMatchObject(TAKEN);
    const { holdings } = await books(person);
    const server = await startStripe(() => ({ orderCode: order.code }));
    const provider = makeStripeProvider({
      secretKey: STRIPE_SECRET_KEY,
      webhookSecret: STRIPE_WEBHOOK_SECRET,
      api: server.api,
    });
    const dispute = async () => {
      const request = signedStripe(stripeDispute(stripeId("pi")));
      return told(await paymentWebhookDoor(request, "stripe", { provider }));
    };
    expect(await dispute()).toMatchObject(TAKEN);
    server.interrupt((response) => response.writeHead(500).end());
    expect(await dispute()).toMatchObject(TAKEN);
    await server.stop();
    const fates = await app.database.sql`
      select state, reason, direction from payments
       where provider = 'stripe' and (description = 'charge.dispute.created' or direction = 'unknown')
       order by created_at`;
    expect(fates.map((fate) => ({ ...fate }))).toEqual([
      { state: "review", reason: "refund_notice", direction: "out" },
      { state: "review", reason: "unreadable", direction: "unknown" },
    ]);
    expect((await books(person)).holdings).toEqual(holdings);
  });
});
