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
  "53300",
  "57014",
  "55P03",
]);

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
 * Turns "the database cannot answer" into the refusal `database_unavailable`; any other error
 * passes unchanged.
 * @returns the error to throw.
 */
export function asUnavailable(error: unknown): unknown {
  const code = databaseErrorCode(error);
  if (code === null || !UNAVAILABLE_CODES.has(code)) return error;
  return new DomainError("database_unavailable", `database: ${code}`, { retryAfterSeconds: 5 });
}
