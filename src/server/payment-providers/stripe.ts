import { createHash } from "node:crypto";
import Stripe from "stripe";
import { DomainError } from "@/domain/errors.ts";
import { log } from "@/server/log.ts";
import type {
  CheckoutRequest,
  NoticeRefusal,
  PaymentProvider,
  ProvenNotice,
} from "./payment-provider.ts";
import { readStripeEvent } from "./stripe-event.ts";

export type StripeSettings = {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Where its API is; Stripe's own address when not given. */
  readonly api?: {
    readonly host: string;
    readonly port: number;
    readonly protocol: "http" | "https";
  };
};

const TIMEOUT_MS = 10_000;
/** Inside a delivery that has to be answered soon. */
const LOOK_UP_TIMEOUT_MS = 3_000;

/** The door judges the age of a signature: an old one still says who sent it. */
const ANY_AGE_SECONDS = Number.MAX_SAFE_INTEGER;

const MINUTE_MS = 60_000;
/** Stripe lets a checkout live 30 minutes to 24 hours; its clock is not ours to the second. */
const LIFE_MS = { min: 31 * MINUTE_MS, max: 24 * 60 * MINUTE_MS - MINUTE_MS };

/**
 * Cards and whatever else Stripe's hosted checkout takes. An account of one's own with Stripe is
 * the receiving account: its money carries the name "stripe".
 */
export function makeStripeProvider(settings: StripeSettings): PaymentProvider {
  const client = new Stripe(settings.secretKey, {
    ...settings.api,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  });
  return {
    id: "stripe",
    accounts: ["stripe"],
    keptHeaders: ["content-type", "user-agent", "stripe-signature"],
    readNotice: async (headers, rawBody) => {
      const proof = proveEvent(headers, rawBody, settings.webhookSecret);
      if (typeof proof === "string") return proof;
      const read = await readStripeEvent(rawBody, proof.event, (id) => findOrderCode(client, id));
      return { ...read, scheme: "signature", signedAt: proof.signedAt };
    },
    openCheckout: (request) => openSession(client, request),
  };
}

type Proof = { readonly event: unknown } & Pick<ProvenNotice, "signedAt">;

/**
 * Says whether Stripe signed these very bytes (`stripe.webhooks.constructEvent`, HMAC-SHA256 over
 * the header's `t` + "." + body), whenever that was.
 */
function proveEvent(headers: Headers, rawBody: Uint8Array, secret: string): Proof | NoticeRefusal {
  const header = headers.get("stripe-signature");
  if (header === null) return "signature_missing";
  const parts = header.split(",");
  const stamps = parts.filter((part) => part.startsWith("t="));
  const seconds = /^t=([0-9]{1,12})$/.exec(stamps[0] ?? "")?.[1];
  const signatures = parts.filter((part) => part.startsWith("v1"));
  const areWhole = signatures.every((part) => /^v1=[0-9a-f]{64}$/.test(part));
  if (seconds === undefined || stamps.length > 1 || signatures.length === 0 || !areWhole) {
    return "signature_malformed";
  }
  const body = textOf(rawBody);
  if (body === null) return "signature_wrong";
  try {
    const event = Stripe.webhooks.constructEvent(body, header, secret, ANY_AGE_SECONDS);
    return { event, signedAt: new Date(Number(seconds) * 1000) };
  } catch (error) {
    // Only what is proven is parsed.
    return error instanceof SyntaxError ? "not_json" : "signature_wrong";
  }
}

/** The signed text has the bytes' every character: nothing is dropped or replaced on the way. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The order a payment was for, as we wrote it on it ourselves; null: it is none of ours. */
async function findOrderCode(client: Stripe, paymentIntentId: string): Promise<string | null> {
  const options = { timeout: LOOK_UP_TIMEOUT_MS, maxNetworkRetries: 0 };
  const { metadata } = await client.paymentIntents.retrieve(paymentIntentId, {}, options);
  return metadata["orderCode"] ?? null;
}

/** Opening again for the same amount finds the same page: an order is not paid on two of them. */
async function openSession(client: Stripe, request: CheckoutRequest): Promise<{ url: string }> {
  const params = sessionParams(request);
  const told = createHash("sha256").update(JSON.stringify(params)).digest("hex");
  try {
    const idempotencyKey = `checkout:${request.orderCode}:${told}`;
    const { url } = await client.checkout.sessions.create(params, { idempotencyKey });
    if (url !== null) return { url };
  } catch (error) {
    // Never its message, which may quote what we sent.
    const known = error instanceof Stripe.errors.StripeError ? error : null;
    const reason = { type: known?.type, code: known?.code, status: known?.statusCode };
    log().warn({ orderCode: request.orderCode, ...reason }, "Stripe opened no checkout");
  }
  throw new DomainError("provider_failed", "Stripe opened no checkout", { provider: "stripe" });
}

function sessionParams(request: CheckoutRequest): Stripe.Checkout.SessionCreateParams {
  const { orderCode, amountVnd, returnUrl, cancelUrl } = request;
  return {
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        // VND has no smaller unit: the amount is whole đồng.
        price_data: {
          currency: "vnd",
          unit_amount: amountVnd,
          product_data: { name: `Phở Chat ${orderCode}` },
        },
      },
    ],
    client_reference_id: orderCode,
    metadata: { orderCode },
    payment_intent_data: { metadata: { orderCode } },
    expires_at: Math.floor(expiryMs(request.expiresAt, Date.now()) / 1000),
    success_url: returnUrl,
    cancel_url: cancelUrl,
  };
}

/** A minute before the order's own end where Stripe allows it: what comes after that is late. */
function expiryMs(expiresAt: Date, nowMs: number): number {
  const wishedMs = expiresAt.getTime() - MINUTE_MS;
  return Math.min(Math.max(wishedMs, nowMs + LIFE_MS.min), nowMs + LIFE_MS.max);
}
