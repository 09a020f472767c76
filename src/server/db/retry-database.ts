import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { databaseErrorCode } from "./database-errors.ts";

/** A transaction that lost to another one: rolled back for certain, worth repeating at once. */
const conflicts: ReadonlySet<string> = new Set(["40001", "40P01"]);

/**
 * The connection broke, or the server went or is not there: whether the statement took effect is
 * not known.
 */
const outages: ReadonlySet<string> = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  // No room to write: nothing was done, and room is made by people.
  "53100",
  // Our own pool gave no connection in time (nothing was sent), or a row stayed locked (undone).
  "POOL_BUSY",
  "55P03",
]);

/** Of these, the ones after which the statement certainly had no effect. */
const refusals: ReadonlySet<string> = new Set([
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "57P03",
  "53300",
  "53100",
  "55P03",
  "POOL_BUSY",
]);

/** Nothing was done: the database is not there, takes nobody in, or has no room. */
export function isUnreachable(error: unknown): boolean {
  return refusals.has(databaseErrorCode(error) ?? "");
}

/** Rolled back by a conflict with another transaction (serialisation failure or deadlock). */
export function isConflict(error: unknown): boolean {
  return conflicts.has(databaseErrorCode(error) ?? "");
}

/** The outcome of the statement is unknown: only what is safe to repeat may be repeated. */
export function isOutage(error: unknown): boolean {
  return outages.has(databaseErrorCode(error) ?? "");
}

const CONFLICT_TRIES = 5;

/**
 * Runs `work` again after a conflict with another transaction, five times at most. What it did
 * before was rolled back.
 * @throws the last error.
 */
export function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  const backoff = new ExponentialBackoff({ initialDelay: 10, maxDelay: 250 });
  return retry(handleWhen(isConflict), { maxAttempts: CONFLICT_TRIES, backoff }).execute(work);
}

/** How often a statement is repeated through an outage: about 5 seconds, or about 10 minutes. */
export const patience = { short: 6, long: 130 } as const;

/**
 * Runs `work`, which must be safe to repeat whatever became of the time before, until the database
 * answers: after conflicts, and through an outage as long as the patience lasts.
 * @throws the last error.
 */
export function persist<T>(
  work: () => Promise<T>,
  attempts: (typeof patience)[keyof typeof patience] = patience.long,
): Promise<T> {
  const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 5_000 });
  const isWorthIt = handleWhen((error) => isConflict(error) || isOutage(error));
  return retry(isWorthIt, { maxAttempts: attempts, backoff }).execute(work);
}
