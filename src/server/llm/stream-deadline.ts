/** How long a provider may keep us waiting. Callers other than tests leave these alone. */
export type ProviderTimeouts = {
  /** From dispatch to the response's head. */
  readonly firstByteMs: number;
  /** Between two events of the stream. */
  readonly idleMs: number;
  /** The whole call: ends a stream that drips for ever. */
  readonly totalMs: number;
};

export const providerTimeouts: ProviderTimeouts = {
  firstByteMs: 30_000,
  idleMs: 120_000,
  totalMs: 600_000,
};

/**
 * The one abort signal of a call, fired by the caller or by a time-out, and which of the two it
 * was.
 */
export type StreamDeadline = {
  readonly signal: AbortSignal;
  /** Set once a time-out fired, in words for the log. */
  readonly expiry: () => string | null;
  /** The head or an event arrived: silence is measured from now. */
  readonly touch: () => void;
  /** Stops the clocks and lets go of the caller's signal. */
  readonly close: () => void;
};

export function startStreamDeadline(
  caller: AbortSignal,
  timeouts: ProviderTimeouts,
): StreamDeadline {
  const controller = new AbortController();
  let expiry: string | null = null;
  const expire = (reason: string) => {
    expiry ??= reason;
    controller.abort();
  };
  const onCallerAbort = () => {
    controller.abort();
  };
  const firstByte = setTimeout(() => {
    expire(`no response within ${timeouts.firstByteMs} ms`);
  }, timeouts.firstByteMs);
  const total = setTimeout(() => {
    expire(`not finished within ${timeouts.totalMs} ms`);
  }, timeouts.totalMs);
  let idle: ReturnType<typeof setTimeout> | null = null;
  if (caller.aborted) onCallerAbort();
  else caller.addEventListener("abort", onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    expiry: () => expiry,
    touch: () => {
      clearTimeout(firstByte);
      if (idle !== null) idle.refresh();
      else {
        idle = setTimeout(() => {
          expire(`silent for ${timeouts.idleMs} ms`);
        }, timeouts.idleMs);
      }
    },
    close: () => {
      clearTimeout(firstByte);
      clearTimeout(total);
      if (idle !== null) clearTimeout(idle);
      caller.removeEventListener("abort", onCallerAbort);
    },
  };
}
