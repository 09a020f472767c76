import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { findConfirmedAt, findLastRate } from "./store.ts";

/** The cause under which ops hear of a fetched rate too far from the last one. */
export const RATE_JUMP_ALERT = "rate_refused:jump";

const RATE_AGE_ALERT = "rate_stale:age";
const HOUR_MS = 3_600_000;
/** A rate nobody confirmed for longer is told to ops: a bank quotes on every working day. */
const RATE_AGE_HOURS_MAX = 48;

/**
 * Tells ops when the rate was set or confirmed longer ago than 48 hours, and takes that back when
 * it is no longer so.
 */
export async function tellRateAge(db: Queryable, now: Date): Promise<void> {
  const [last, confirmedAt] = await Promise.all([findLastRate(db, now), findConfirmedAt(db)]);
  const sureAt = [last?.validFrom, last?.createdAt, confirmedAt]
    .filter((at) => at !== undefined && at !== null)
    .reduce((latest, at) => Math.max(latest, at.getTime()), 0);
  const ageHours = Math.floor((now.getTime() - sureAt) / HOUR_MS);
  if (ageHours < RATE_AGE_HOURS_MAX) return resolveOpsAlert(db, RATE_AGE_ALERT);
  await raiseOpsAlert(db, {
    kind: "rate_stale",
    dedupeKey: RATE_AGE_ALERT,
    payload: { rateMilliVnd: last?.rateMilliVnd.toString() ?? null, ageHours },
  });
}
