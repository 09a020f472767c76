import postgres from "postgres";
import { DomainError } from "@/domain/errors.ts";

const UNAVAILABLE_CODES = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "57014",
  // Disk, memory, a limit of the server, its disk not readable: rolled back, and not for us to mend.
  "53100",
  "53200",
  "53400",
  "58030",
]);

const DISK_FULL = "53100";

let isDiskFullSeen = false;

/** Whether the database was out of disk when it was last heard of: see `disk-space.ts`. */
export function wasDiskFull(): boolean {
  return isDiskFullSeen;
}

/** Space was found again. */
export function forgetFullDisk(): void {
  isDiskFullSeen = false;
}

/** It answers, but not us, not now: no connection free, none to be had, or a lock not let go. */
const OVERLOADED_CODES = new Set(["POOL_BUSY", "53300", "55P03"]);

/**
 * The database's own error code (SQLSTATE or the driver's), looked for through drizzle's wrapping.
 */
export function databaseErrorCode(error: unknown): string | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth += 1
  ) {
    if (current instanceof postgres.PostgresError) return current.code;
    if ("code" in current && typeof current.code === "string") return current.code;
  }
  return null;
}

/** The name a guard of ours raised with (`raise exception 'member'`), or null. */
export function databaseErrorMessage(error: unknown): string | null {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth += 1
  ) {
    if (current instanceof postgres.PostgresError) return current.message;
  }
  return null;
}

/**
 * Turns "the database cannot answer" into the refusal `database_unavailable` and "too many want it"
 * into `overloaded`; any other error passes unchanged.
 * @returns the error to throw.
 */
export function asUnavailable(error: unknown): unknown {
  const code = databaseErrorCode(error);
  if (code !== null && OVERLOADED_CODES.has(code)) {
    return new DomainError("overloaded", `database: ${code}`, { retryAfterSeconds: 2 });
  }
  if (code === null || !UNAVAILABLE_CODES.has(code)) return error;
  if (code === DISK_FULL) isDiskFullSeen = true;
  return new DomainError("database_unavailable", `database: ${code}`, { retryAfterSeconds: 5 });
}
