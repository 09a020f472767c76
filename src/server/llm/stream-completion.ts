import type { TokenUsage } from "@/domain/pricing/token-usage.ts";

/** One message of the context as providers see it: plain text only until attachments exist. */
export type CompletionMessage = {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
};

export type CompletionRequest = {
  /** The model's name at the provider (`models.provider_model`). */
  readonly providerModel: string;
  readonly messages: readonly CompletionMessage[];
  /** Hard cap sent to the provider; reasoning counts inside it. */
  readonly outputTokensMax: number;
  /** Aborting it ends the HTTP request to the provider at once. */
  readonly signal: AbortSignal;
};

export type FinishReason = "stop" | "length" | "content_filter" | "other";

/**
 * What a provider sends, in its order. `usage` may come any number of times and each one replaces
 * the former (all counts are cumulative for the call); the last one seen is the provider's word on
 * what it bills. `finished` is the last event of a stream that ended as the provider meant it to.
 */
export type CompletionEvent =
  | {
      readonly type: "started";
      readonly providerRequestId: string | null;
      readonly servedModel: string | null;
    }
  | { readonly type: "delta"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "usage"; readonly usage: TokenUsage }
  /** The provider's last word on the usage cannot be true; it is not passed on. */
  | { readonly type: "absurd_usage" }
  | { readonly type: "finished"; readonly finishReason: FinishReason };

/** A provider behind the one stream interface. Made once per process from the settings. */
export type LlmProvider = {
  readonly id: string;
  /** Loads what the first call needs; resolves at once afterwards. */
  readonly load: () => Promise<void>;
  /**
   * Sends one request and yields its events. Never retries by itself: each attempt is recorded and
   * booked by the caller.
   * @throws ProviderError for every failure, an abort by `signal` included (`kind: "aborted"`).
   */
  readonly stream: (request: CompletionRequest) => AsyncIterable<CompletionEvent>;
};

/**
 * `rejected`: a 4xx that another try cannot mend (wrong key, bad request). `throttled`: 429.
 * `failed`: 5xx, a broken or malformed stream, an error event. `timeout`: no connection, no first
 * byte, or silence for too long. `aborted`: by us.
 */
export type ProviderErrorKind = "rejected" | "throttled" | "failed" | "timeout" | "aborted";

/**
 * A typed provider failure. `message` is for our log; it never reaches a user and never holds a
 * key.
 */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly status: number | null;
  readonly retryAfterSeconds: number | null;
  /** False when the request certainly never left us: such an attempt costs nothing. */
  readonly isSent: boolean;

  constructor(
    kind: ProviderErrorKind,
    message: string,
    facts: {
      readonly status?: number | null;
      readonly retryAfterSeconds?: number | null;
      readonly isSent?: boolean;
    } = {},
  ) {
    super(message);
    this.name = "ProviderError";
    this.kind = kind;
    this.status = facts.status ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.isSent = facts.isSent ?? true;
  }
}
