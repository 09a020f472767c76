import type { Queryable } from "@/server/db/with-transaction.ts";
import { closeEnded } from "./store-periods.ts";

/** So long a period stays open after its end: a clock that steps back finds it again. */
const GRACE_MINUTES = 15;

/** Few enough that no lock is felt. */
const BATCH = 500;

/**
 * Closes the periods of all organisations that ended and hold nothing any more. A closed period
 * admits nothing; what was admitted in it is still booked to it, however late. Safe to repeat and
 * to run twice at once. @returns how many were closed now.
 */
export async function closeEndedPeriods(db: Queryable): Promise<number> {
  let closed = 0;
  for (;;) {
    const count = await closeEnded(db, { graceMinutes: GRACE_MINUTES, limit: BATCH });
    closed += count;
    if (count < BATCH) return closed;
  }
}
