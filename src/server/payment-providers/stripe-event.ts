import { z } from "zod";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { keyOfBytes } from "./notice-body.ts";
import type { ProvenNotice } from "./payment-provider.ts";

/** 2^63 micro-VND: more does not fit the books, and is no payment. */
const AMOUNT_MAX = 9_000_000_000_000;

const id = z.string().min(1).max(255);
const amount = z.int().min(-AMOUNT_MAX).max(AMOUNT_MAX);
const currency = z
  .string()
  .min(1)
  .transform((text) => cleanText(text.toUpperCase()));
const reference = z
  .union([z.string(), z.looseObject({ id: z.string() }).transform((object) => object.id)])
  .transform(cleanText)
  .catch("");
const orderCode = z.string().transform(cleanText).nullable().catch(null);
const metadata = z.looseObject({ orderCode }).catch({ orderCode: null });

const eventShape = z.looseObject({
  id,
  type: z.string(),
  created: z.int().positive(),
  data: z.looseObject({ object: z.unknown(), previous_attributes: z.unknown().optional() }),
});
type StripeEvent = z.output<typeof eventShape>;

const session = z.looseObject({
  id,
  client_reference_id: orderCode,
  amount_total: amount,
  currency,
  payment_status: z.string(),
  payment_intent: reference,
});

const charge = z.looseObject({
  amount_refunded: amount,
  currency,
  metadata,
  payment_intent: reference,
});

/** What had been refunded before, where that is what changed. */
const refundedBefore = z
  .looseObject({ amount_refunded: amount })
  .transform((before) => before.amount_refunded)
  .catch(0);

const dispute = z.looseObject({ amount, currency, metadata, payment_intent: reference });

type EventRead = Pick<ProvenNotice, "eventKey" | "transfer">;
type FindOrderCode = (paymentIntentId: string) => Promise<string | null>;

/**
 * Reads a proven event: money that came (a checkout that is paid, at once or later), money that
 * went (a refund, a dispute), or neither. One checkout is one transfer, whichever event tells of
 * it first.
 * @param findOrderCode asks Stripe for what a dispute does not carry.
 */
export async function readStripeEvent(
  rawBody: Uint8Array,
  told: unknown,
  findOrderCode: FindOrderCode,
): Promise<EventRead> {
  const parsed = eventShape.safeParse(told);
  if (!parsed.success) return { eventKey: keyOfBytes(rawBody), transfer: null };
  const event = parsed.data;
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      return readSession(event);
    case "charge.refunded":
      return { eventKey: event.id, transfer: readRefund(event) };
    case "charge.dispute.created":
      return { eventKey: event.id, transfer: await readDispute(event, findOrderCode) };
    default:
      return { eventKey: event.id, transfer: "none" };
  }
}

function readSession(event: StripeEvent): EventRead {
  const parsed = session.safeParse(event.data.object);
  if (!parsed.success) return { eventKey: event.id, transfer: null };
  const { data: paid } = parsed;
  // Completed, but the money is on its way (another event will say) or none was asked.
  if (paid.payment_status !== "paid") return { eventKey: event.id, transfer: "none" };
  const transfer = transferOf(event, {
    direction: "in",
    amount: paid.amount_total,
    currency: paid.currency,
    code: paid.client_reference_id,
    referenceCode: paid.payment_intent,
  });
  return { eventKey: paid.id, transfer };
}

function readRefund(event: StripeEvent): TransferNotice | null {
  const parsed = charge.safeParse(event.data.object);
  if (!parsed.success) return null;
  const { data: refunded } = parsed;
  return transferOf(event, {
    direction: "out",
    // The charge has the sum of its refunds.
    amount: refunded.amount_refunded - refundedBefore.parse(event.data.previous_attributes),
    currency: refunded.currency,
    code: refunded.metadata.orderCode,
    referenceCode: refunded.payment_intent,
  });
}

/** @returns null where it cannot be said whose money is disputed: a person has to look. */
async function readDispute(
  event: StripeEvent,
  findOrderCode: FindOrderCode,
): Promise<TransferNotice | null> {
  const parsed = dispute.safeParse(event.data.object);
  if (!parsed.success) return null;
  const { data: disputed } = parsed;
  const found = { code: disputed.metadata.orderCode };
  if (found.code === null) {
    if (disputed.payment_intent === "") return null;
    try {
      found.code = await findOrderCode(disputed.payment_intent);
    } catch {
      return null;
    }
  }
  return transferOf(event, {
    direction: "out",
    amount: disputed.amount,
    currency: disputed.currency,
    code: found.code,
    referenceCode: disputed.payment_intent,
  });
}

type Told = Pick<TransferNotice, "direction" | "currency" | "code" | "referenceCode"> & {
  /** In the currency's own unit: whole đồng, or cents of what is not ours to apply. */
  readonly amount: number;
};

function transferOf(event: StripeEvent, { amount: told, ...rest }: Told): TransferNotice {
  return {
    ...rest,
    amountMicroVnd: vndToMicroVnd(BigInt(told)),
    accountNumber: "stripe",
    subAccount: "",
    content: "",
    description: event.type,
    occurredAt: new Date(event.created * 1000),
  };
}
