/** Why an attempt failed, as far as trying again is concerned; `not_sent`: it never left us. */
export type AttemptFailure = {
  readonly kind: "rejected" | "throttled" | "failed" | "timeout" | "aborted" | "not_sent";
  readonly retryAfterSeconds: number | null;
};

/** Provider calls per turn at most, all targets together. */
export const ATTEMPTS_MAX = 3;

/** No attempt begins later than this after the first: with the longest stream it ends before its hold does. */
export const LAST_START_MS = 90_000;

/** A provider that asks for more patience is not waited for: another model answers sooner. */
const RETRY_AFTER_SECONDS_MAX = 5;

const TRIES_PER_TARGET = 2;
const BACKOFF_MS = 250;

export type NextAttempt =
  | { readonly kind: "stop" }
  | { readonly kind: "again"; readonly targetIndex: number; readonly waitMs: number };

/**
 * What follows a failed attempt: the same target once more, the next one, or the end. A refused
 * request (4xx) is nobody else's business, a stream that has begun is never begun again, and a
 * time-out has cost enough time to go to the next target at once.
 * @param input.tries of the present target, >= 1. @param input.jitter in [0, 1): spreads the waits
 * of many callers over half to one and a half times the back-off.
 */
export function nextAttempt(input: {
  readonly failure: AttemptFailure;
  readonly isTokenSeen: boolean;
  readonly attempts: number;
  readonly tries: number;
  readonly targetIndex: number;
  readonly targetCount: number;
  readonly elapsedMs: number;
  readonly jitter: number;
}): NextAttempt {
  const { failure, attempts, tries, targetIndex, targetCount } = input;
  const isMendable = failure.kind !== "rejected" && failure.kind !== "aborted";
  if (!isMendable || input.isTokenSeen || attempts >= ATTEMPTS_MAX) return { kind: "stop" };
  const asked = failure.retryAfterSeconds;
  const isWaitShort = asked === null || asked <= RETRY_AFTER_SECONDS_MAX;
  const hasOther = targetIndex + 1 < targetCount;
  const isSameWorthIt =
    tries < TRIES_PER_TARGET && isWaitShort && !(failure.kind === "timeout" && hasOther);
  const backoffMs = BACKOFF_MS * 2 ** (attempts - 1) * (0.5 + input.jitter);
  const waitMs = isSameWorthIt && asked !== null ? asked * 1_000 : Math.round(backoffMs);
  const isInTime = input.elapsedMs + waitMs <= LAST_START_MS;
  if (isSameWorthIt && isInTime) return { kind: "again", targetIndex, waitMs };
  if (hasOther && input.elapsedMs <= LAST_START_MS) {
    return { kind: "again", targetIndex: targetIndex + 1, waitMs: 0 };
  }
  return { kind: "stop" };
}
