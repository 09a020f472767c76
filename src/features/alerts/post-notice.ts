import type { Queryable } from "@/server/db/with-transaction.ts";
import { addJob } from "@/server/jobs/add-job.ts";
import type { CustomerNotice } from "./render-customer-notice.ts";
import type { OpsAlertNotice } from "./render-ops-alert.ts";
import { insertNotice } from "./store.ts";

/** With the queue's back-off (e^n s, at most e^10 s) the last attempt is about seven hours after the first. */
export const DELIVERY_ATTEMPTS_MAX = 11;

/** What `deliverOutbox` knows how to say, and to whom. */
export type NewNotice = { readonly dedupeKey: string } & (
  | { readonly kind: "ops_alert"; readonly payload: OpsAlertNotice }
  | { readonly kind: CustomerNotice["kind"]; readonly payload: CustomerNotice }
);

/**
 * Puts a notice into the outbox, with the job that delivers it, in the causing transaction: it goes
 * out if, and only if, that commits. One row per `dedupeKey`, whoever writes it.
 */
export async function postNotice(db: Queryable, notice: NewNotice): Promise<void> {
  const outboxId = await insertNotice(db, notice);
  if (outboxId === null) return;
  await addDeliveryJob(db, outboxId);
}

/** One job per notice waits at a time. */
export async function addDeliveryJob(db: Queryable, outboxId: string): Promise<void> {
  await addJob(db, {
    task: "deliver-outbox",
    payload: { outboxId },
    key: `deliver-outbox:${outboxId}`,
    attemptsMax: DELIVERY_ATTEMPTS_MAX,
  });
}
