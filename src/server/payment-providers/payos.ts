import { randomInt } from "node:crypto";
import { APIError, PayOS } from "@payos/node";
import { z } from "zod";
import { assert } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { TEST_KEY_PREFIX } from "@/domain/payments/is-test-send.ts";
import { ORDER_CODE_PREFIX } from "@/domain/payments/order-code.ts";
import { codeOfOrderNumber, OPENINGS_MAX, orderNumber } from "@/domain/payments/order-number.ts";
import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { log } from "@/server/log.ts";
import { vietnamInstant } from "@/server/sepay/sepay-notice.ts";
import { keyOfBytes, NOT_JSON, parseJson } from "./notice-body.ts";
import type {
  CheckoutRequest,
  NoticeRefusal,
  PaymentProvider,
  ProvenNotice,
} from "./payment-provider.ts";

const ID = "payos";

export type PayosSettings = {
  readonly clientId: string;
  readonly apiKey: string;
  readonly checksumKey: string;
  /** PayOS' own address when not given. */
  readonly baseUrl?: string;
};

/** For each attempt; a person waits for it. */
const TIMEOUT_MS = 10_000;
const REPEATS_MAX = 1;

const AMOUNT_VND_MAX = 9_000_000_000_000;

const text = z.string().transform(cleanText).catch("");

/** The signed half of a notice. Its other half (`code`, `desc`, `success`) decides nothing. */
const signedData = z.looseObject({
  code: z.string(),
  orderCode: z.int().nonnegative(),
  amount: z.int().min(-AMOUNT_VND_MAX).max(AMOUNT_VND_MAX).nullable().catch(null),
  currency: z.string().trim().toUpperCase().transform(cleanText).catch(""),
  description: text,
  accountNumber: text,
  reference: z.string().trim().min(1).max(200).transform(cleanText),
  paymentLinkId: z.string().trim().min(1).max(200).transform(cleanText),
  transactionDateTime: text,
});

type SignedData = z.output<typeof signedData>;

/**
 * The signature is over `name=value` joined by "&", unescaped: with such a text inside a name or a
 * value, the same signature fits other fields.
 */
const unambiguous = z.record(
  z.string().regex(/^\w+$/),
  z.union([z.string().regex(/^(?!.*&\w+=)/s), z.number(), z.boolean(), z.null()]),
);

type Webhook = Parameters<PayOS["webhooks"]["verify"]>[0];

const delivery = z.looseObject({
  data: z.record(z.string(), z.unknown()),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * What the SDK is given: it only sorts and joins what is there. Its type promises fields nobody has
 * looked at yet; they are read by `signedData` afterwards.
 */
const verifiable = z.custom<Webhook>((body) => delivery.safeParse(body).success);

const isUnsigned = (json: unknown) =>
  !z
    .looseObject({ data: z.record(z.string(), z.unknown()), signature: z.unknown() })
    .refine(({ signature }) => signature !== undefined && signature !== null)
    .safeParse(json).success;

/**
 * PayOS: a page with a VietQR of its own, over an account linked to it. Notices are signed over
 * their fields, not their bytes. Source: payments reference 4, `@payos/node` 2.0.5.
 */
export function makePayosProvider(settings: PayosSettings): PaymentProvider {
  const { clientId, apiKey, checksumKey, baseUrl } = settings;
  // Settings never give a blank one; a door that lost its key must not open by itself.
  assert(checksumKey !== "", "PayOS' checksum key is not empty");
  const client = new PayOS({
    clientId,
    apiKey,
    checksumKey,
    // Given, so that the SDK reads none of them from the environment.
    partnerCode: null,
    baseURL: baseUrl ?? null,
    // It would log headers and bodies.
    logLevel: "off",
    timeout: TIMEOUT_MS,
    maxRetries: REPEATS_MAX,
  });
  return {
    id: ID,
    accounts: [ID],
    keptHeaders: ["content-type", "user-agent"],
    readNotice: (_, rawBody) => readNotice(client, rawBody),
    openCheckout: (request) => openCheckout(client, request),
  };
}

async function readNotice(
  client: PayOS,
  rawBody: Uint8Array,
): Promise<ProvenNotice | NoticeRefusal> {
  const json = parseJson(rawBody);
  if (json === NOT_JSON) return "not_json";
  if (isUnsigned(json)) return "signature_missing";
  const webhook = verifiable.safeParse(json);
  if (!webhook.success) return "signature_malformed";
  if (!(await isSigned(client, webhook.data))) return "signature_wrong";
  return { scheme: "signature", signedAt: null, ...noticeOf(webhook.data.data, rawBody) };
}

/** The SDK's check is a promise: not waited for, it lets everything pass. */
async function isSigned(client: PayOS, webhook: Webhook): Promise<boolean> {
  try {
    await client.webhooks.verify(webhook);
    return true;
  } catch {
    return false;
  }
}

function noticeOf(data: unknown, rawBody: Uint8Array): Pick<ProvenNotice, "eventKey" | "transfer"> {
  const parsed = signedData.safeParse(data);
  if (!parsed.success || !unambiguous.safeParse(data).success) {
    return { eventKey: keyOfBytes(rawBody), transfer: null };
  }
  const key = `${parsed.data.paymentLinkId}:${parsed.data.reference}`;
  if (isSample(parsed.data)) {
    // Its date is years back and its number nobody's order.
    const transfer = { ...transferOf(parsed.data), code: null, occurredAt: null };
    return { eventKey: `${TEST_KEY_PREFIX}${key}`, transfer };
  }
  return { eventKey: key, transfer: parsed.data.code === "00" ? transferOf(parsed.data) : "none" };
}

/** What PayOS posts when a webhook's address is registered; it has to be answered 200. */
function isSample({ orderCode, description }: SignedData): boolean {
  return orderCode === 123 && description === "VQRIO123";
}

function transferOf(data: SignedData): TransferNotice {
  return {
    direction: "in",
    amountMicroVnd: data.amount === null ? null : vndToMicroVnd(BigInt(data.amount)),
    currency: data.currency,
    accountNumber: ID,
    subAccount: data.accountNumber.trim(),
    content: data.description,
    description: "",
    code: codeOfOrderNumber(data.orderCode),
    referenceCode: data.reference,
    occurredAt: vietnamInstant(data.transactionDateTime),
  };
}

/** PayOS takes a number once only: each opening has its own, and all of them mean the order. */
async function openCheckout(client: PayOS, request: CheckoutRequest): Promise<{ url: string }> {
  const { orderCode, amountVnd, expiresAt, returnUrl, cancelUrl } = request;
  try {
    const { checkoutUrl } = await client.paymentRequests.create({
      orderCode: orderNumber(orderCode, randomInt(OPENINGS_MAX)),
      amount: amountVnd,
      // Nine characters at most for accounts that are not linked through PayOS.
      description: orderCode.slice(ORDER_CODE_PREFIX.length),
      returnUrl,
      cancelUrl,
      expiredAt: Math.floor(expiresAt.getTime() / 1_000),
    });
    return { url: checkoutUrl };
  } catch (error) {
    // Never its message, which may quote what we sent.
    const code = error instanceof APIError ? error.code : null;
    log().warn({ orderCode, name: nameOf(error), code }, "PayOS opened no payment page");
    throw new DomainError("provider_failed", "PayOS opened no payment page", { provider: ID });
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
