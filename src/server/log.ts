import pino from "pino";
import { databaseErrorCode } from "./db/database-errors.ts";
import { env } from "./env.ts";

let processWide: pino.Logger | null = null;

/**
 * The process's log: one line of JSON per event on standard output. Texts of people and secrets
 * never go in.
 */
export function log(): pino.Logger {
  processWide ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorForLog },
    redact: {
      paths: ["*.password", "*.token", "*.apiKey", "*.authorization", "*.cookie"],
      censor: "[redacted]",
    },
  });
  return processWide;
}

/**
 * An error as it is logged. A failed statement's own error says its parameters, which are texts and
 * names of people: of such an error only the kind, the code and the place are kept.
 */
export function errorForLog(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!("query" in error && "params" in error)) return pino.stdSerializers.err(error);
  return {
    type: error.constructor.name,
    message: "a statement failed",
    code: databaseErrorCode(error),
    stack: (error.stack ?? "")
      .split("\n")
      .filter((line) => line.startsWith("    at "))
      .join("\n"),
  };
}
