import { fieldsOf, textOf } from "./read-json.ts";
import type { StreamDeadline } from "./stream-deadline.ts";
import { ProviderError } from "./stream-completion.ts";
import type { ProviderErrorKind } from "./stream-completion.ts";

/** Failures of the connection itself: nothing was sent over it. */
const neverConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

type ErrorClass = abstract new (...args: never[]) => Error;

/** The error classes of an SDK, handed in so that this file loads neither SDK. */
export type SdkErrorClasses = {
  readonly APIError: ErrorClass;
  readonly APIConnectionError: ErrorClass;
  readonly APIConnectionTimeoutError: ErrorClass;
};

export type FailureContext = {
  readonly providerId: string;
  /**
   * The caller's own signal: when it fired, the end of the call is our doing whatever the SDK says.
   */
  readonly callerSignal: AbortSignal;
  readonly deadline: StreamDeadline;
  readonly sdkErrors: SdkErrorClasses;
};

/**
 * Any failure of a provider call → the one typed error. The message is made of the provider's id,
 * the HTTP status and an error code of plain words; never of the provider's text, which may quote
 * the prompt or the key.
 */
export function toProviderError(error: unknown, context: FailureContext): ProviderError {
  const { providerId, callerSignal, deadline, sdkErrors } = context;
  if (callerSignal.aborted) return abortedError(providerId);
  const expiry = deadline.expiry();
  if (expiry !== null) return new ProviderError("timeout", `${providerId}: ${expiry}`);
  if (error instanceof ProviderError) return error;
  if (error instanceof sdkErrors.APIConnectionTimeoutError) {
    return new ProviderError("timeout", `${providerId}: no connection in time`);
  }
  if (error instanceof sdkErrors.APIConnectionError) {
    return new ProviderError("failed", `${providerId}: connection failed`, {
      isSent: !neverConnected.has(String(errorCode(error.cause))),
    });
  }
  if (error instanceof sdkErrors.APIError) return apiError(error, providerId);
  if (error instanceof SyntaxError)
    return new ProviderError("failed", `${providerId}: malformed stream`);
  return new ProviderError(
    "failed",
    `${providerId}: stream broken (${wordOf(errorCode(error)) ?? "unknown"})`,
  );
}

export function abortedError(providerId: string): ProviderError {
  return new ProviderError("aborted", `${providerId}: aborted by us`);
}

function apiError(error: Error, providerId: string): ProviderError {
  const fields = fieldsOf(error);
  const code = wordOf(fields["code"]) ?? wordOf(fields["type"]) ?? "unnamed";
  const status = fields["status"];
  if (typeof status !== "number")
    return new ProviderError("failed", `${providerId}: error event (${code})`);
  const kind = kindOfStatus(status, code);
  return new ProviderError(kind, `${providerId}: HTTP ${status} (${code})`, {
    status: isKeyInvalid(error) ? 401 : status,
    retryAfterSeconds: readRetryAfter(fields["headers"]),
  });
}

/** Google calls a wrong key a bad request (400); only its words say what it means. */
function isKeyInvalid(error: Error): boolean {
  return /api[ _]key[ _](not valid|invalid)/i.test(error.message);
}

/** A 429 for an empty account is not mended by waiting: it is a refusal, like a wrong key. */
function kindOfStatus(status: number, code: string): ProviderErrorKind {
  if (status === 429) return code === "insufficient_quota" ? "rejected" : "throttled";
  if (status === 408) return "timeout";
  if (status === 409 || status === 425 || status >= 500 || status < 400) return "failed";
  return "rejected";
}

/**
 * Error codes are plain words (`rate_limit_exceeded`); anything with digits or signs could be a
 * secret.
 */
function wordOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^[A-Za-z_]{1,48}$/.test(text) ? text : null;
}

function errorCode(error: unknown): unknown {
  if (!(error instanceof Error)) return null;
  return fieldsOf(error)["code"] ?? fieldsOf(error.cause)["code"] ?? error.name;
}

const retryAfterSecondsMax = 86_400;

/**
 * `retry-after-ms`, or `retry-after` in seconds or as a date → whole seconds, rounded up; null when
 * absurd.
 */
function readRetryAfter(headers: unknown): number | null {
  if (!(headers instanceof Headers)) return null;
  const seconds = retryAfterSeconds(headers.get("retry-after-ms"), headers.get("retry-after"));
  return seconds >= 0 && seconds <= retryAfterSecondsMax ? Math.ceil(seconds) : null;
}

function retryAfterSeconds(milliseconds: string | null, text: string | null): number {
  if (milliseconds !== null) return Number.parseFloat(milliseconds) / 1000;
  if (text === null) return Number.NaN;
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Number.parseFloat(text);
  return Math.max(0, (Date.parse(text) - Date.now()) / 1000);
}
