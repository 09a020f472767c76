import { createServer, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import Stripe from "stripe";
import type { StripeSettings } from "@/server/payment-providers/stripe.ts";

export const STRIPE_WEBHOOK_SECRET = "whsec_of_the_tests";
export const STRIPE_SECRET_KEY = "sk_test_of_the_tests";

/** The product's settings under which `signedStripe` is understood. */
export const stripeTestSettings = { STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET } as const;

let last = 0;

/** An id no other object of this process has. */
export function stripeId(kind: "evt" | "cs_test" | "pi" | "ch" | "dp"): string {
  last += 1;
  return `${kind}_${String(last).padStart(10, "0")}`;
}

type EventParts = {
  readonly id?: string;
  readonly type: string;
  readonly object: Readonly<Record<string, unknown>>;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly at?: Date;
};

/** An event as Stripe posts it. */
export function stripeEvent({ id, type, object, before, at }: EventParts): string {
  const created = Math.floor((at ?? new Date()).getTime() / 1000);
  return JSON.stringify(
    {
      id: id ?? stripeId("evt"),
      object: "event",
      api_version: "2026-10-28.endive",
      created,
      data: { object, ...(before === undefined ? {} : { previous_attributes: before }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    },
    null,
    2,
  );
}

type PaidSession = {
  readonly id?: string;
  readonly code: string | null;
  readonly amount?: number;
  readonly currency?: string;
  readonly status?: string;
  readonly type?: string;
  readonly paymentIntent?: string;
};

/** A checkout that was completed, paid when nothing else is said. */
export function stripeSession(session: PaidSession): string {
  const { code, amount = 99_000, currency = "vnd", status = "paid" } = session;
  return stripeEvent({
    type: session.type ?? "checkout.session.completed",
    object: {
      id: session.id ?? stripeId("cs_test"),
      object: "checkout.session",
      mode: "payment",
      client_reference_id: code,
      amount_subtotal: amount,
      amount_total: amount,
      currency,
      customer_details: { email: "payer@pho.example", name: "Nguyễn Văn A" },
      metadata: code === null ? {} : { orderCode: code },
      payment_intent: session.paymentIntent ?? stripeId("pi"),
      payment_status: status,
      status: "complete",
    },
  });
}

type RefundedCharge = {
  readonly id?: string;
  readonly code: string | null;
  readonly refunded: number;
  readonly before?: number;
  readonly paymentIntent?: string;
};

/** A charge some or all of which went back. */
export function stripeRefund({ id, code, refunded, before = 0, ...rest }: RefundedCharge): string {
  return stripeEvent({
    ...(id === undefined ? {} : { id }),
    type: "charge.refunded",
    object: {
      id: stripeId("ch"),
      object: "charge",
      amount: 99_000,
      amount_refunded: refunded,
      currency: "vnd",
      metadata: code === null ? {} : { orderCode: code },
      payment_intent: rest.paymentIntent ?? stripeId("pi"),
      refunded: refunded === 99_000,
    },
    before: { amount_refunded: before, refunded: false },
  });
}

/** A payer's bank takes the money back; Stripe puts no metadata of the charge on it. */
export function stripeDispute(paymentIntent: string): string {
  return stripeEvent({
    type: "charge.dispute.created",
    object: {
      id: stripeId("dp"),
      object: "dispute",
      amount: 99_000,
      charge: stripeId("ch"),
      currency: "vnd",
      metadata: {},
      payment_intent: paymentIntent,
      reason: "fraudulent",
      status: "needs_response",
    },
  });
}

export type StripeSigning = {
  readonly secret?: string;
  /** Unix seconds; now when not given. */
  readonly timestamp?: number;
  /** Headers over those Stripe sends. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** The header as Stripe makes it. */
export function stripeSignature(body: string, signing: StripeSigning = {}): string {
  const { secret = STRIPE_WEBHOOK_SECRET, timestamp } = signing;
  return Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret,
    ...(timestamp === undefined ? {} : { timestamp }),
  });
}

/** A signed delivery as a request, for the door in this process. */
export function signedStripe(body: string, signing: StripeSigning = {}): Request {
  return new Request("http://localhost:3999/api/payment/stripe/webhook", {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      "stripe-signature": stripeSignature(body, signing),
      ...signing.headers,
    },
    body,
  });
}

export type AskedOfStripe = {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly idempotencyKey: string | null;
  readonly authorization: string | null;
};

export type StripeServer = {
  readonly api: NonNullable<StripeSettings["api"]>;
  readonly asked: AskedOfStripe[];
  /** What the next requests get, in order, instead of the usual answers. */
  readonly interrupt: (...replies: readonly ((response: ServerResponse) => void)[]) => void;
  readonly stop: () => Promise<void>;
};

/** Stripe's API on a local port: checkouts, and payments that carry the metadata given. */
export async function startStripe(
  metadataOf: (paymentIntentId: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<StripeServer> {
  const asked: AskedOfStripe[] = [];
  const replies: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const path = request.url ?? "";
      const { authorization = null } = request.headers;
      const key = request.headers["idempotency-key"];
      const idempotencyKey = typeof key === "string" ? key : null;
      asked.push({ path, form: new URLSearchParams(body), idempotencyKey, authorization });
      const reply = replies.shift();
      if (reply !== undefined) reply(response);
      else if (path === "/v1/checkout/sessions") {
        const id = stripeId("cs_test");
        const url = `https://checkout.stripe.com/c/pay/${id}`;
        sendJson(response, 200, { id, object: "checkout.session", url });
      } else {
        const id = path.split("?")[0]?.split("/").at(-1) ?? "";
        sendJson(response, 200, { id, object: "payment_intent", metadata: metadataOf(id) });
      }
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no address"));
      else resolve(address.port);
    });
  });
  return {
    api: { host: "127.0.0.1", port, protocol: "http" },
    asked,
    interrupt: (...next) => replies.push(...next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
