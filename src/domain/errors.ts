/**
 * The closed list of expected failures; statuses, sentences and wire shapes are keyed by it
 * (`server/error-map.ts`, messages).
 */
export const domainErrorCodes = [
  "invalid_input",
  "unauthenticated",
  "budget_exhausted",
  "daily_cap_reached",
  "query_cap_exceeded",
  "member_cap_reached",
  "key_cap_reached",
  "free_ceiling_reached",
  "forbidden",
  "model_not_allowed",
  "feature_disabled",
  "email_unverified",
  "not_found",
  "idempotency_conflict",
  "state_conflict",
  "payload_too_large",
  "unsupported_media_type",
  "rate_limited",
  "message_limit_reached",
  "provider_failed",
  "model_unpriced",
  "provider_not_configured",
  "no_model_available",
  "database_unavailable",
  "overloaded",
  "provider_timeout",
] as const;

export type DomainErrorCode = (typeof domainErrorCodes)[number];

/**
 * What a refusal carries besides its code, for the sentence and the wire body. `resetsAt` is ISO
 * 8601 UTC, money is micro-VND as a decimal string, `retryAfterSeconds` feeds the Retry-After
 * header.
 */
export type DomainErrorDetails = {
  readonly remainingMicroVnd?: string;
  readonly resetsAt?: string;
  readonly capMicroVnd?: string;
  readonly limitCount?: number;
  readonly modelId?: string;
  readonly provider?: string;
  readonly feature?: string;
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  /** The answer is there and only its booking waits for the database: nothing is to be sent again. */
  readonly isAnswerUnbooked?: boolean;
  /** The conversation that keeps this refusal as an item. */
  readonly conversationId?: string;
};

/**
 * An expected failure. Callers branch on `code`, never on `message` (which is for logs only: people
 * read the catalogue's sentence for the code).
 */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly details: DomainErrorDetails;

  constructor(code: DomainErrorCode, message: string, details: DomainErrorDetails = {}) {
    super(message);
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}
