import type { Queryable } from "@/server/db/with-transaction.ts";
import { postNotice } from "./post-notice.ts";
import { countOpenAlert, openAlert } from "./store.ts";

/** The closed list of the database's constraint `ops_alerts_kind_known`. */
export type OpsAlertKind =
  | "model_unpriced"
  | "provider_rejected"
  | "provider_down"
  | "usage_absurd"
  | "invariant_violated"
  | "rate_refused"
  | "rate_stale"
  | "catalogue_differs"
  | "job_dead"
  | "webhook_unmatched";

export type OpsAlert = {
  readonly kind: OpsAlertKind;
  /** The cause without its time, as "model_unpriced:openai/gpt-5". */
  readonly dedupeKey: string;
  /** Figures and ids of the cause; no text of people, no secrets: it goes out by mail. */
  readonly payload: Record<string, string | number | boolean | null>;
};

/**
 * Tells ops about a cause, in the caller's transaction if it has one. The first time, and the first
 * time after it was resolved, one mail goes out; while it lasts it is only counted. Never throws
 * for a duplicate.
 */
export async function raiseOpsAlert(db: Queryable, alert: OpsAlert): Promise<void> {
  if (await countOpenAlert(db, alert)) return;
  await db.transaction(async (tx) => {
    const opened = await openAlert(tx, alert);
    if (opened === null) {
      await countOpenAlert(tx, alert);
      return;
    }
    await postNotice(tx, {
      kind: "ops_alert",
      dedupeKey: `ops_alert:${opened.id}:${opened.occurrences}`,
      payload: { kind: alert.kind, cause: alert.dedupeKey, details: alert.payload },
    });
  });
}
