import { describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeStripeProvider } from "@/server/payment-providers/stripe.ts";
import {
  STRIPE_SECRET_KEY,
  STRIPE_WEBHOOK_SECRET,
  startStripe,
  stripeDispute,
  stripeEvent,
  stripeRefund,
  stripeSession,
  stripeSignature,
  type StripeSigning,
} from "../../support/stripe.ts";

const CODE = "PHO7K2M9QX5";
const secrets = { secretKey: STRIPE_SECRET_KEY, webhookSecret: STRIPE_WEBHOOK_SECRET };
const stripe = makeStripeProvider(secrets);

function read(body: string | Uint8Array, header: string | null, provider = stripe) {
  const headers = new Headers(header === null ? {} : { "stripe-signature": header });
  return provider.readNotice(headers, Uint8Array.from(Buffer.from(body)));
}

const readSigned = (body: string, signing: StripeSigning = {}) =>
  read(body, stripeSignature(body, signing));

const body = stripeSession({ id: "cs_test_1", code: CODE, paymentIntent: "pi_1" });
const right = stripeSignature(body);
const v1 = /v1=([0-9a-f]{64})/.exec(right)?.[1] ?? "";
const t = /t=(\d+)/.exec(right)?.[1] ?? "";

describe("a delivery of Stripe's", () => {
  it("is proven by its signature and read", async () => {
    expect(await read(body, right)).toEqual({
      eventKey: "cs_test_1",
      scheme: "signature",
      signedAt: new Date(Number(t) * 1000),
      transfer: {
        direction: "in",
        amountMicroVnd: vndToMicroVnd(99_000n),
        currency: "VND",
        accountNumber: "stripe",
        subAccount: "",
        content: "",
        description: "checkout.session.completed",
        code: CODE,
        referenceCode: "pi_1",
        occurredAt: expect.any(Date) as Date,
      },
    });
  });

  it("still verifies long after it was signed, and says when that was", async () => {
    const timestamp = Math.floor(Date.UTC(2024, 0, 1) / 1000);
    const proven = await readSigned(body, { timestamp });
    expect(proven).toMatchObject({ eventKey: "cs_test_1", signedAt: new Date(timestamp * 1000) });
  });

  it("verifies with one of two signatures while a secret is changed", async () => {
    const both = `t=${t},v1=${"0".repeat(64)},v1=${v1},v0=${"1".repeat(64)}`;
    expect(await read(body, both)).toMatchObject({ eventKey: "cs_test_1" });
  });

  it.each([
    ["signature_missing", "no header", null],
    ["signature_malformed", "nothing", ""],
    ["signature_malformed", "no stamp", `v1=${v1}`],
    ["signature_malformed", "no signature", `t=${t}`],
    ["signature_malformed", "a signature of the old scheme alone", `t=${t},v0=${v1}`],
    ["signature_malformed", "a truncated signature", `t=${t},v1=${v1.slice(0, -2)}`],
    ["signature_malformed", "an empty signature beside the right one", `t=${t},v1=,v1=${v1}`],
    ["signature_malformed", "two stamps", `t=1,t=${t},v1=${v1}`],
    ["signature_malformed", "a stamp that is no number", `t=${t}x,v1=${v1}`],
    ["signature_wrong", "zeros", `t=${t},v1=${"0".repeat(64)}`],
    ["signature_wrong", "another stamp", `t=${String(Number(t) + 60)},v1=${v1}`],
  ])("%s: %s", async (refusal, _, header) => {
    expect(await read(body, header)).toBe(refusal);
  });

  it("another secret's signature is wrong", async () => {
    expect(await readSigned(body, { secret: "whsec_another" })).toBe("signature_wrong");
  });

  it.each(["", "   ", "\t\n"])("a blank secret (%j) proves nothing", async (webhookSecret) => {
    const blank = makeStripeProvider({ ...secrets, webhookSecret });
    const header = stripeSignature(body, { secret: webhookSecret === "" ? " " : webhookSecret });
    expect(await read(body, header, blank)).toBe("signature_wrong");
    expect(await read(body, right, blank)).toBe("signature_wrong");
  });

  it.each([
    ["the amount", (text: string) => text.replaceAll("99000", "990000")],
    ["the code", (text: string) => text.replaceAll(CODE, "PHO2222222A")],
    ["one space", (text: string) => `${text} `],
    ["written anew", (text: string) => JSON.stringify(JSON.parse(text))],
    ["a byte order mark", (text: string) => `\uFEFF${text}`],
    ["nothing left", () => ""],
  ])("another body under the same signature (%s) is wrong", async (_, change) => {
    expect(await read(change(body), right)).toBe("signature_wrong");
  });

  it("bytes that are no text are wrong, also where they read as what was signed", async () => {
    const replaced = body.replace("Nguyễn", "Nguy\uFFFDn");
    const bytes = Buffer.from(replaced);
    const at = bytes.indexOf("\uFFFD");
    const broken = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from([0xff]),
      bytes.subarray(at + 3),
    ]);
    expect(await read(replaced, stripeSignature(replaced))).toMatchObject({
      eventKey: "cs_test_1",
    });
    expect(await read(broken, stripeSignature(replaced))).toBe("signature_wrong");
  });

  it("proven, but no JSON", async () => {
    expect(await readSigned("paid!")).toBe("not_json");
  });
});

describe("an event of Stripe's", () => {
  it("one checkout is one transfer, whichever event tells of it", async () => {
    const later = stripeSession({
      ...{ id: "cs_test_2", code: CODE, type: "checkout.session.async_payment_succeeded" },
    });
    expect(await readSigned(later)).toMatchObject({
      eventKey: "cs_test_2",
      transfer: { direction: "in", code: CODE },
    });
    const first = stripeSession({ id: "cs_test_2", code: CODE, status: "unpaid" });
    expect(await readSigned(first)).toMatchObject({ transfer: "none" });
  });

  it("another currency stays what it is", async () => {
    const dollars = stripeSession({ code: CODE, amount: 99_000, currency: "usd" });
    expect(await readSigned(dollars)).toMatchObject({
      transfer: { currency: "USD", amountMicroVnd: vndToMicroVnd(99_000n) },
    });
  });

  it("a checkout that names nothing is money without a code", async () => {
    const read = await readSigned(stripeSession({ code: null }));
    expect(read).toMatchObject({ transfer: { direction: "in", code: null } });
  });

  it.each([
    ["an amount that is no whole number", { amount: 99_000.5 }],
    ["an amount beyond all books", { amount: 1e16 }],
    ["no currency", { currency: "" }],
  ])("%s cannot be read, and is kept", async (_, odd) => {
    expect(await readSigned(stripeSession({ code: CODE, ...odd }))).toMatchObject({
      transfer: null,
    });
  });

  it.each(["{}", '"text"', "null"])("%s cannot be read, and is kept", async (odd) => {
    const read = await readSigned(odd);
    expect(read).toMatchObject({ transfer: null });
  });

  it("a refund is money out, by what it added to the refunds before", async () => {
    const whole = stripeRefund({ id: "evt_r1", code: CODE, refunded: 99_000 });
    expect(await readSigned(whole)).toMatchObject({
      eventKey: "evt_r1",
      transfer: { direction: "out", amountMicroVnd: vndToMicroVnd(99_000n), code: CODE },
    });
    const rest = stripeRefund({ code: CODE, refunded: 99_000, before: 40_000 });
    expect(await readSigned(rest)).toMatchObject({
      transfer: { direction: "out", amountMicroVnd: vndToMicroVnd(59_000n) },
    });
  });

  it("a dispute is money out of the order Stripe says the payment was for", async () => {
    const server = await startStripe((id) => (id === "pi_ours" ? { orderCode: CODE } : {}));
    const asking = makeStripeProvider({ ...secrets, api: server.api });
    const readDispute = (paymentIntent: string) => {
      const told = stripeDispute(paymentIntent);
      return read(told, stripeSignature(told), asking);
    };
    expect(await readDispute("pi_ours")).toMatchObject({
      transfer: { direction: "out", code: CODE, referenceCode: "pi_ours" },
    });
    expect(await readDispute("pi_of_another_shop")).toMatchObject({
      transfer: { direction: "out", code: null },
    });
    server.interrupt((response) => response.writeHead(500).end());
    expect(await readDispute("pi_ours")).toMatchObject({ transfer: null });
    await server.stop();
  });

  it.each([
    "payment_intent.succeeded",
    "charge.succeeded",
    "checkout.session.expired",
    "checkout.session.async_payment_failed",
    "invoice.paid",
  ])("%s tells of no transfer", async (type) => {
    const other = stripeEvent({ type, object: { id: "x", amount: 99_000, currency: "vnd" } });
    expect(await readSigned(other)).toMatchObject({ transfer: "none" });
  });
});
