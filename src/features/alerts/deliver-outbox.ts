import { z } from "zod";
import type { Db } from "@/server/db/client.ts";
import { env, type Env } from "@/server/env.ts";
import { log } from "@/server/log.ts";
import { sendMail, type Mail } from "@/server/mail/send-mail.ts";
import { addDeliveryJob, DELIVERY_ATTEMPTS_MAX } from "./post-notice.ts";
import { raiseOpsAlert } from "./raise-ops-alert.ts";
import { customerNotice, renderCustomerNotice } from "./render-customer-notice.ts";
import { renderOpsAlert, opsAlertNotice } from "./render-ops-alert.ts";
import {
  beginAttempt,
  buryNotice,
  listOwnersOf,
  listStaffReaders,
  listStrandedNotices,
  lockNotice,
  markDelivered,
  noteFailure,
  noteReader,
  type Notice,
  type Reader,
} from "./store.ts";

const jobPayload = z.object({ outboxId: z.uuid().optional() });

export type DeliverySettings = Pick<
  Env,
  "SMTP_URL" | "MAIL_FROM" | "PHO_DATA_DIR" | "isDatabaseEmbedded" | "BASE_URL"
>;

/**
 * The job `deliver-outbox`. With an id: delivers that notice. Without, each minute: sees to those
 * whose job is gone, giving them a new one, or giving them up after their last attempt.
 * @throws the mail's error, so that the queue tries again later; never after the last attempt.
 */
export async function deliverOutbox(db: Db, payload: unknown): Promise<void> {
  const { outboxId } = jobPayload.parse(payload);
  if (outboxId !== undefined) {
    await deliverNotice(db, { outboxId, settings: env() });
    return;
  }
  for (const notice of await listStrandedNotices(db)) {
    if (notice.attempts < DELIVERY_ATTEMPTS_MAX) await addDeliveryJob(db, notice.id);
    else await giveUp(db, notice, "its last attempt did not return");
  }
}

/**
 * Mails a notice to each of its readers who has not had it yet, in their own language. An attempt is
 * counted before it is made; delivered is what every reader's mail server took. Delivered or given up
 * already: nothing happens.
 */
export async function deliverNotice(
  db: Db,
  input: { readonly outboxId: string; readonly settings: DeliverySettings },
): Promise<void> {
  // Held while the mails go out, on a connection of its own: of two at once one has nothing to do.
  await db.transaction(async (tx) => {
    if (await lockNotice(tx, input.outboxId)) await attemptNotice(db, input);
  });
}

async function attemptNotice(
  db: Db,
  input: { readonly outboxId: string; readonly settings: DeliverySettings },
): Promise<void> {
  const notice = await beginAttempt(db, input.outboxId);
  if (notice === null) return;
  try {
    await mailToAll(db, notice, input.settings);
    await markDelivered(db, notice.id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown failure";
    if (notice.attempts >= DELIVERY_ATTEMPTS_MAX) {
      await giveUp(db, notice, reason);
      return;
    }
    await noteFailure(db, notice.id, reason);
    throw error;
  }
}

async function mailToAll(db: Db, notice: Notice, settings: DeliverySettings): Promise<void> {
  const { readers, render } = await addressed(db, notice);
  for (const reader of readers) {
    if (notice.readerIds.includes(reader.userId)) continue;
    await sendMail(settings, render({ ...reader, baseUrl: settings.BASE_URL }));
    await noteReader(db, notice.id, reader.userId);
  }
}

type Addressed = {
  readonly readers: readonly Reader[];
  readonly render: (reader: Reader & { readonly baseUrl: string }) => Mail;
};

/** Staff hear of alerts, an organisation's owners of what concerns it. */
async function addressed(db: Db, notice: Notice): Promise<Addressed> {
  if (notice.kind !== "ops_alert") {
    const content = customerNotice.parse(notice.payload);
    return {
      readers: await listOwnersOf(db, content.orgId),
      render: (reader) => renderCustomerNotice(content, reader),
    };
  }
  const content = opsAlertNotice.parse(notice.payload);
  const isOfMoney = content.kind === "webhook_unmatched";
  const readers = await listStaffReaders(
    db,
    isOfMoney ? ["finance", "ops", "admin"] : ["ops", "admin"],
  );
  if (readers.length === 0) throw new Error("nobody has the role ops or admin and an e-mail");
  return { readers, render: (reader) => renderOpsAlert(content, reader) };
}

async function giveUp(db: Db, notice: Notice, reason: string): Promise<void> {
  log().error({ outboxId: notice.id, reason }, "a notice could not be delivered");
  await db.transaction(async (tx) => {
    await buryNotice(tx, notice.id, reason);
    await raiseOpsAlert(tx, {
      kind: "job_dead",
      dedupeKey: "job_dead:deliver-outbox",
      payload: { task: "deliver-outbox", outboxId: notice.id, reason: reason.slice(0, 300) },
    });
  });
}
