import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paymentWebhookDoor } from "@/api/doors/payment-webhook.ts";
import { parseEnv } from "@/server/env.ts";
import { renderMetrics } from "@/server/metrics.ts";
import { paymentProviders } from "@/server/payment-providers/providers.ts";
import { makeSepayGatewayProvider } from "@/server/payment-providers/sepay-gateway.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { AUTH_SECRET, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import {
  deliverNotice,
  GATEWAY_SECRET,
  gatewayBody,
  noticeSettings,
  paymentsOf,
  payosBody,
  payosData,
  payosSample,
  payosSignature,
} from "../support/payment-notices.ts";
import {
  countStored,
  grantedTo,
  orderState,
  plantOrder,
  TAKEN,
  told,
  type PlantedOrder,
} from "../support/sepay-world.ts";

let app: AppUnderTest;
let person: Person;
let order: PlantedOrder;

beforeAll(async () => {
  app = await startApp({ settings: noticeSettings });
  person = await makePerson(app.database);
  order = await plantOrder(app.database, person);
});

afterAll(() => app.stop());

/** All that a delivery could change. */
async function books() {
  const { database } = app;
  return {
    ...(await countStored(database)),
    order: await orderState(database, order.orderId),
    granted: await grantedTo(database, person.orgId),
  };
}

async function refused(provider: string, reason: string): Promise<number> {
  const { body } = await renderMetrics(null);
  const line = `webhooks_refused_total{provider="${provider}",reason="${reason}"} `;
  const found = body.split("\n").find((text) => text.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
}

async function expectRefused(
  reason: string,
  given: Parameters<typeof deliverNotice>,
  status = 401,
): Promise<void> {
  const counted = await refused(given[0], reason);
  const before = await books();
  const answer = await deliverNotice(...given);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain("true");
  expect(answer.text).not.toContain(`"${reason}"`);
  expect(await refused(given[0], reason)).toBe(counted + 1);
  expect(await books()).toEqual(before);
}

/** Delivered 1 + 8 times, some of them at once: what one delivery does. */
async function expectAppliedOnce(
  given: Parameters<typeof deliverNotice>,
  paid: PlantedOrder,
): Promise<void> {
  const { database } = app;
  const before = {
    ...(await countStored(database)),
    granted: await grantedTo(database, person.orgId),
  };
  expect(await deliverNotice(...given)).toMatchObject(TAKEN);
  const after = {
    ...(await countStored(database)),
    granted: await grantedTo(database, person.orgId),
  };
  expect(await orderState(database, paid.orderId)).toBe("paid");
  expect(after.events).toBe(before.events + 1);
  expect(after.payments).toBe(before.payments + 1);
  expect(after.granted).toBeGreaterThan(before.granted);
  const again = await Promise.all(Array.from({ length: 8 }, () => deliverNotice(...given)));
  for (const answer of again) expect(answer).toMatchObject(TAKEN);
  const granted = await grantedTo(database, person.orgId);
  expect({ ...(await countStored(database)), granted }).toEqual(after);
}

const rightKey = { "x-secret-key": GATEWAY_SECRET };

describe("F41 forged notices of PayOS", () => {
  it.each<[string, string, (right: string) => unknown]>([
    ["no signature", "signature_missing", () => undefined],
    ["an empty one", "signature_malformed", () => ""],
    ["a truncated one", "signature_malformed", (right) => right.slice(0, -2)],
    ["a list with the right one in it", "signature_malformed", (right) => [right]],
    ["zeros", "signature_wrong", () => "0".repeat(64)],
    ["another key's", "signature_wrong", () => payosSignature(payosData(order.code), "another")],
    ["an empty key's", "signature_wrong", () => payosSignature(payosData(order.code), "")],
    ["the sample's", "signature_wrong", () => payosSignature(payosSample)],
  ])("%s: 401, nothing stored, counted", async (_, reason, signatureOf) => {
    const data = payosData(order.code);
    const signature = signatureOf(payosSignature(data));
    await expectRefused(reason, ["payos", payosBody(data, { signature })]);
  });

  it.each([
    ["the amount", { amount: 990_000 }],
    ["the order", { orderCode: 7 }],
    ["the link", { paymentLinkId: "another" }],
    ["the reference", { reference: "another" }],
    ["the code of success", { code: "01" }],
    ["a field more", { more: 1 }],
  ])("a right signature on another notice (%s): 401", async (_, change) => {
    const data = payosData(order.code);
    const body = payosBody({ ...data, ...change }, { signature: payosSignature(data) });
    await expectRefused("signature_wrong", ["payos", body]);
  });

  it("the one of a failed payment, made a success outside what is signed, pays nothing", async () => {
    const before = await books();
    const body = payosBody(payosData(order.code, { code: "01" }));
    expect(await deliverNotice("payos", body)).toMatchObject(TAKEN);
    expect(await books()).toEqual(before);
  });

  it("a real one pays its order once, however often it comes", async () => {
    const mine = await plantOrder(app.database, person);
    await expectAppliedOnce(["payos", payosBody(payosData(mine.code))], mine);
    const [payment] = await paymentsOf(app.database, "payos");
    expect(payment).toMatchObject({ state: "applied", verifiedBy: "signature" });
  });

  it("the sample of a registration is answered 200 and pays nothing", async () => {
    const { granted } = await books();
    expect(await deliverNotice("payos", payosBody(payosSample))).toMatchObject(TAKEN);
    const stored = await paymentsOf(app.database, "payos");
    expect(stored.at(-1)).toMatchObject({ state: "ignored", reason: "test_send", orderId: null });
    expect((await books()).granted).toBe(granted);
  });
});

describe("F41 forged notices of SePay's gateway", () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ["no secret", "key_missing", {}],
    ["the secret in another header", "key_missing", { authorization: `Bearer ${GATEWAY_SECRET}` }],
    ["an empty one", "key_wrong", { "x-secret-key": "" }],
    ["another one", "key_wrong", { "x-secret-key": "another" }],
    ["a truncated one", "key_wrong", { "x-secret-key": GATEWAY_SECRET.slice(0, -1) }],
    ["a longer one", "key_wrong", { "x-secret-key": `${GATEWAY_SECRET}x` }],
    ["two of them", "key_wrong", { "x-secret-key": `${GATEWAY_SECRET}, ${GATEWAY_SECRET}` }],
  ])("%s: 401, nothing stored, counted", async (_, reason, headers) => {
    await expectRefused(reason, ["sepay_gateway", gatewayBody(order.code), headers]);
  });

  it("a real one pays its order once, and its secret is not kept", async () => {
    const mine = await plantOrder(app.database, person);
    await expectAppliedOnce(["sepay_gateway", gatewayBody(mine.code), rightKey], mine);
    const [payment] = await paymentsOf(app.database, "sepay_gateway");
    expect(payment).toMatchObject({ state: "applied", verifiedBy: "shared_secret" });
    const kept = await app.database.sql<{ headers: unknown }[]>`
      select headers from webhook_events where provider = 'sepay_gateway'`;
    expect(JSON.stringify(kept)).not.toMatch(/secret/i);
  });

  it("a void of what was paid goes to finance and takes nothing back by itself", async () => {
    const mine = await plantOrder(app.database, person);
    const transaction = { id: "the-voided-one" };
    const paid = gatewayBody(mine.code, { transaction });
    await expectAppliedOnce(["sepay_gateway", paid, rightKey], mine);
    const { granted } = await books();
    const voided = gatewayBody(mine.code, { type: "TRANSACTION_VOID", transaction });
    expect(await deliverNotice("sepay_gateway", voided, rightKey)).toMatchObject(TAKEN);
    const stored = await paymentsOf(app.database, "sepay_gateway");
    expect(stored.at(-1)).toMatchObject({
      state: "review",
      reason: "refund_notice",
      orderId: mine.orderId,
    });
    expect((await books()).granted).toBe(granted);
  });

  it("another kind of event is answered 200 and not stored", async () => {
    const before = await books();
    const body = gatewayBody(order.code, { type: "AGREEMENT_SIGNED" });
    expect(await deliverNotice("sepay_gateway", body, rightKey)).toMatchObject(TAKEN);
    expect(await books()).toEqual(before);
  });
});

describe("F41 doors of providers that are not configured", () => {
  const base = { DATABASE_URL: "postgres://x", AUTH_SECRET };

  it("each needs all of its settings", () => {
    const known = (given: Readonly<Record<string, string>>) => [
      ...paymentProviders(parseEnv({ ...base, ...given })).keys(),
    ];
    expect(known({})).toEqual([]);
    expect(known({ SEPAY_GATEWAY_SECRET: "  ", PAYOS_CHECKSUM_KEY: " " })).toEqual([]);
    expect(known({ PAYOS_CLIENT_ID: "a", PAYOS_API_KEY: "b" })).toEqual([]);
    expect(known({ STRIPE_SECRET_KEY: "sk_test_a" })).toEqual([]);
    expect(known({ ...noticeSettings })).toEqual(["sepay_gateway", "payos"]);
  });

  it("are closed: SePay's secret of the gateway opens no other one", async () => {
    const given = ["sepay", gatewayBody(order.code), rightKey] as const;
    await expectRefused("not_configured", [...given], 503);
    await expectRefused("not_configured", ["stripe", "{}"], 503);
  });

  it("vouch for nobody's money: what was proven while one was set up waits for finance", async () => {
    const provider = {
      ...makeSepayGatewayProvider({ secret: GATEWAY_SECRET }),
      id: "stripe",
    } as const;
    const request = new Request("http://localhost:3999/api/payment/stripe/webhook", {
      method: "POST",
      body: gatewayBody(order.code),
      headers: { "content-type": "application/json", ...rightKey },
    });
    const answer = await told(await paymentWebhookDoor(request, "stripe", { provider }));
    expect(answer).toMatchObject(TAKEN);
    const [payment] = await paymentsOf(app.database, "stripe");
    expect(payment).toMatchObject({ state: "review", reason: "wrong_account" });
    expect(await orderState(app.database, order.orderId)).toBe("open");
  });
});
