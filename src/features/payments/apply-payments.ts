import { z } from "zod";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { applyPayment, WAITING_ALERT } from "./apply-payment.ts";
import { hasWaitingPayments, listReceived, listToMatchAgain } from "./store-payments.ts";

const jobPayload = z.object({ paymentId: z.uuid().optional() });

/** In one run; the next one takes the rest. */
const APPLIED_MAX = 500;

/** An order that is not there two days later will not come: the code belongs to somebody else. */
const MATCHED_AGAIN_HOURS = 48;

/**
 * The job `apply-payments`. With an id: applies that payment. Without, by the timer: all that were
 * stored and not judged since whoever was to do it was interrupted, and those that may be seen in a
 * new light (their code named no order when they came; they give back what was not paid yet). Tells
 * ops when nothing waits any more. Safe to repeat and to race.
 * @throws AggregateError when some failed; the others are done.
 */
export async function applyPayments(db: Db, payload: unknown): Promise<void> {
  const { paymentId } = jobPayload.parse(payload);
  if (paymentId !== undefined) {
    await applyPayment(db, paymentId);
    return;
  }
  const waiting = [
    ...(await listReceived(db, APPLIED_MAX)),
    ...(await listToMatchAgain(db, { hours: MATCHED_AGAIN_HOURS, limit: APPLIED_MAX })),
  ];
  const failures: unknown[] = [];
  for (const { id } of waiting) {
    await applyPayment(db, id).catch((error: unknown) => failures.push(error));
  }
  await resolveWhenNothingWaits(db);
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} payments could not be applied`);
  }
}

async function resolveWhenNothingWaits(db: Db): Promise<void> {
  if (await hasWaitingPayments(db)) return;
  await db.transaction(async (tx) => {
    await resolveOpsAlert(tx, WAITING_ALERT);
    // Holding the alert's row: what was told of until now is seen, and who comes later opens it anew.
    if (!(await hasWaitingPayments(tx))) return;
    await raiseOpsAlert(tx, { kind: "webhook_unmatched", dedupeKey: WAITING_ALERT, payload: {} });
  });
}
