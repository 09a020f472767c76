import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { retryConflicts } from "@/server/db/retry-database.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { addJob } from "@/server/jobs/add-job.ts";
import { WAITING_ALERT } from "./apply-payment.ts";
import { findTwin, lockTransfer } from "./join-transfer.ts";
import {
  believePayment,
  findPaymentOfEvent,
  insertEvent,
  insertPayment,
  joinEvent,
} from "./store-events.ts";

/** An authenticated delivery, whichever provider it is of. */
export type WebhookEvent = {
  readonly provider: "sepay" | "sepay_gateway" | "payos" | "stripe";
  /** The provider's own id of what it tells about, the same on every repeat. */
  readonly eventKey: string;
  readonly scheme: "hmac" | "api_key" | "shared_secret" | "signature";
  readonly rawBody: Uint8Array;
  /** Chosen ones; never one that holds a secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signedAt: Date | null;
  /** Signed too long ago to be sure that it is sent now. */
  readonly isStale: boolean;
  /** null: it cannot be read. */
  readonly transfer: TransferNotice | null;
};

export type ReceivedEvent = {
  readonly paymentId: string;
  /** Whether the payment was not known before. */
  readonly isNew: boolean;
};

/**
 * The first of the webhook's two transactions: stores a delivery once and for ever, with the
 * payment it tells of and the job that applies it. A repeat stores nothing; one with a fresh stamp
 * makes a payment believed that waited for that. A transfer the bank's list told of before is that
 * same payment. What cannot be read goes to finance, and ops are told. Nothing is applied here.
 */
export async function receiveWebhookEvent(db: Db, event: WebhookEvent): Promise<ReceivedEvent> {
  return retryConflicts(() => db.transaction((tx) => receive(tx, event)));
}

async function receive(tx: Queryable, event: WebhookEvent): Promise<ReceivedEvent> {
  const { transfer, ...row } = event;
  const eventId = await insertEvent(tx, row);
  if (eventId === null) return receiveAgain(tx, event);
  if (transfer === null) return keepUnreadable(tx, event, eventId);
  await lockTransfer(tx, transfer);
  const twin = await findTwin(tx, transfer, "webhook");
  if (twin !== null) {
    await joinEvent(tx, { paymentId: twin, eventId });
    await addApplying(tx, twin);
    return { paymentId: twin, isNew: false };
  }
  const paymentId = await insertPayment(tx, {
    ...transfer,
    provider: event.provider,
    webhookEventId: eventId,
    verifiedBy: event.isStale ? null : event.scheme,
  });
  await addApplying(tx, paymentId);
  return { paymentId, isNew: true };
}

/** The event is there: it may only vouch for itself once more. */
async function receiveAgain(tx: Queryable, event: WebhookEvent): Promise<ReceivedEvent> {
  const payment = await findPaymentOfEvent(tx, event);
  if (payment === null) throw new Error("a stored event has its payment");
  const vouches = payment.verifiedBy === null && !event.isStale;
  if (vouches && isSameTransfer(payment, event.transfer)) {
    const proof = { paymentId: payment.id, verifiedBy: event.scheme };
    if (await believePayment(tx, proof)) await addApplying(tx, payment.id);
  }
  return { paymentId: payment.id, isNew: false };
}

/** A fresh stamp vouches for what it is on: another amount under the same id is another story. */
function isSameTransfer(stored: TransferNoticeRow, told: TransferNotice | null): boolean {
  if (told === null) return false;
  return (
    stored.direction === told.direction &&
    stored.amountMicroVnd === told.amountMicroVnd &&
    stored.currency === told.currency &&
    stored.accountNumber === told.accountNumber &&
    stored.subAccount === told.subAccount &&
    stored.content === told.content &&
    stored.description === told.description &&
    stored.code === told.code &&
    stored.referenceCode === told.referenceCode &&
    stored.occurredAt?.getTime() === told.occurredAt?.getTime()
  );
}

type TransferNoticeRow = Omit<TransferNotice, "direction"> & { readonly direction: string };

async function keepUnreadable(
  tx: Queryable,
  event: WebhookEvent,
  eventId: string,
): Promise<ReceivedEvent> {
  const paymentId = await insertPayment(tx, {
    provider: event.provider,
    webhookEventId: eventId,
    direction: "unknown",
    verifiedBy: event.isStale ? null : event.scheme,
    state: "review",
    reason: "unreadable",
  });
  await raiseOpsAlert(tx, {
    kind: "webhook_unmatched",
    dedupeKey: WAITING_ALERT,
    payload: { reason: "unreadable", provider: event.provider, paymentId },
  });
  return { paymentId, isNew: true };
}

/** For when this process does not come to it. */
async function addApplying(tx: Queryable, paymentId: string): Promise<void> {
  await addJob(tx, {
    task: "apply-payments",
    payload: { paymentId },
    key: `apply-payments:${paymentId}`,
  });
}
