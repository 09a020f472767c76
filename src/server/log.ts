import pino from "pino";
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
    redact: {
      paths: ["*.password", "*.token", "*.apiKey", "*.authorization", "*.cookie"],
      censor: "[redacted]",
    },
  });
  return processWide;
}
