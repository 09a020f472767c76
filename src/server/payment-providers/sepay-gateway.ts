import { z } from "zod";
import { assert } from "@/domain/assert.ts";
import { decimalVndToMicroVnd, MICRO_PER_VND } from "@/domain/money/vnd.ts";
import type { TransferDirection, TransferNotice } from "@/domain/payments/transfer-notice.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { vietnamInstant } from "@/server/sepay/sepay-notice.ts";
import { isSameSecret } from "@/server/sepay/verify-webhook.ts";
import { keyOfBytes, NOT_JSON, parseJson } from "./notice-body.ts";
import type { NoticeRefusal, PaymentProvider, ProvenNotice } from "./payment-provider.ts";

const ID = "sepay_gateway";

const text = z.string().transform(cleanText).catch("");
const word = z.string().trim().toUpperCase().transform(cleanText).catch("");

/** Amounts are texts with decimals; a number is taken where it is whole. Never more than fits the books. */
const AMOUNT_VND_MAX = 9_000_000_000_000;
const amount = z
  .union([
    z.string().transform(decimalVndToMicroVnd),
    z.int().transform((vnd) => BigInt(vnd) * MICRO_PER_VND),
  ])
  .nullable()
  .catch(null)
  .transform((microVnd) => (microVnd !== null && isWholeVnd(microVnd) ? microVnd : null));

function isWholeVnd(microVnd: bigint): boolean {
  const isInBooks = microVnd >= 0n && microVnd <= BigInt(AMOUNT_VND_MAX) * MICRO_PER_VND;
  return isInBooks && microVnd % MICRO_PER_VND === 0n;
}

/** What tells of money; all other kinds are of no account. */
const MONEY_KINDS = ["ORDER_PAID", "TRANSACTION_VOID"] as const;

const kind = z.looseObject({ notification_type: z.string() });

const notice = z.looseObject({
  notification_type: z.enum(MONEY_KINDS),
  order: z.looseObject({
    order_status: word,
    order_currency: word,
    order_invoice_number: text,
    order_description: text,
  }),
  transaction: z.looseObject({
    id: z.union([z.string().min(1).max(200).transform(cleanText), z.int().transform(String)]),
    transaction_id: text,
    transaction_type: word,
    transaction_date: text,
    transaction_status: word,
    transaction_amount: amount,
    transaction_currency: word,
  }),
});

type Notice = z.output<typeof notice>;

/**
 * SePay's payment gateway: its page took the money, its notice (IPN) tells of it. The notice carries
 * a secret both sides know, nothing is signed. Source: payments reference 2.
 */
export function makeSepayGatewayProvider(settings: { readonly secret: string }): PaymentProvider {
  // Settings never give a blank one; a door that lost its key must not open by itself.
  assert(settings.secret !== "", "the gateway's secret is not empty");
  return {
    id: ID,
    accounts: [ID],
    keptHeaders: ["content-type", "user-agent"],
    readNotice: (headers, rawBody) =>
      Promise.resolve(verifySecret(headers, settings.secret) ?? readNotice(rawBody)),
  };
}

function verifySecret(headers: Headers, secret: string): NoticeRefusal | null {
  const given = headers.get("x-secret-key");
  if (given === null) return "key_missing";
  return isSameSecret(given, secret) ? null : "key_wrong";
}

function readNotice(rawBody: Uint8Array): ProvenNotice | NoticeRefusal {
  const json = parseJson(rawBody);
  if (json === NOT_JSON) return "not_json";
  // The notice names an instant, but nothing proves it.
  const proof = { scheme: "shared_secret", signedAt: null } as const;
  const parsed = notice.safeParse(json);
  if (parsed.success) {
    return { ...proof, eventKey: eventKeyOf(parsed.data), transfer: transferOf(parsed.data) };
  }
  const type = kind.safeParse(json).data?.notification_type;
  const transfer = type === undefined || isOfMoney(type) ? null : "none";
  return { ...proof, eventKey: keyOfBytes(rawBody), transfer };
}

const isOfMoney = (type: string) => MONEY_KINDS.some((known) => known === type);

/** A void may name the very transaction it takes back: that is another event. */
function eventKeyOf({ notification_type: type, transaction }: Notice): string {
  return type === "TRANSACTION_VOID" ? `void:${transaction.id}` : transaction.id;
}

function transferOf(read: Notice): TransferNotice | "none" {
  const { order, transaction } = read;
  const direction = directionOf(read);
  if (direction === "none") return "none";
  return {
    direction,
    amountMicroVnd: transaction.transaction_amount,
    currency: transaction.transaction_currency || order.order_currency,
    accountNumber: ID,
    subAccount: "",
    content: order.order_description,
    description: "",
    code: order.order_invoice_number,
    referenceCode: transaction.transaction_id.trim(),
    occurredAt: vietnamInstant(transaction.transaction_date),
  };
}

/** Money came in only where every word says so; what contradicts itself is for finance to see. */
function directionOf(read: Notice): TransferDirection | "none" {
  const { order_status: order } = read.order;
  const { transaction_type: type, transaction_status: status } = read.transaction;
  if (read.notification_type === "TRANSACTION_VOID") return "out";
  if (status === "DECLINED") return "none";
  if (type === "REFUND") return "out";
  const isPaid = type === "PAYMENT" && status === "APPROVED" && order === "CAPTURED";
  return isPaid ? "in" : "unknown";
}
