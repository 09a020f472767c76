import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult } from "cockatiel";

/** How an attempt began: its first token came, or why it never did. */
export type AttemptStart =
  "begun" | "rejected" | "throttled" | "failed" | "timeout" | "not_sent" | "aborted";

/** What a report changed: the breaker opened, or closed again. */
export type HealthChange = "down" | "up";

/** So many failures in a row before a first token open the breaker of a provider's model … */
const FAILURES_MAX = 5;
/** … which then keeps it out of the choice for so long; the next attempt decides anew. */
const OPEN_MS = 15_000;
/** A refused key or an empty account is mended by a person, not by the next try. */
const REFUSED_MS = 60_000;

const breaksOn: ReadonlySet<unknown> = new Set(["throttled", "failed", "timeout", "not_sent"]);

function makeBreaker() {
  const policy = circuitBreaker(
    handleWhenResult((start) => breaksOn.has(start)),
    { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_MAX) },
  );
  let openedAtMs = 0;
  let change: HealthChange | null = null;
  policy.onBreak(() => {
    openedAtMs = Date.now();
    change = "down";
  });
  policy.onReset(() => {
    change = "up";
  });
  return {
    report: async (start: AttemptStart): Promise<HealthChange | null> => {
      // An open breaker refuses the report; who may be asked is decided by `isProviderHealthy`.
      await policy.execute(() => start).then(ignore, ignore);
      const news = change;
      change = null;
      return news;
    },
    isClosed: () => policy.state !== CircuitState.Open || Date.now() - openedAtMs >= OPEN_MS,
  };
}

type Breaker = ReturnType<typeof makeBreaker>;
type Health = {
  readonly breakers: Map<string, Breaker>;
  readonly refusedUntilMs: Map<string, number>;
};

declare global {
  var phoChatProviderHealth: Health | undefined;
}

/** On the process, not in the module: Next loads this file once per bundle. */
function health(): Health {
  globalThis.phoChatProviderHealth ??= { breakers: new Map(), refusedUntilMs: new Map() };
  return globalThis.phoChatProviderHealth;
}

/** Forgets all that was learned: a process as it starts. */
export function forgetProviderHealth(): void {
  globalThis.phoChatProviderHealth = undefined;
}

/**
 * False while a provider's model is known to fail (its circuit breaker is open) or its key was
 * refused. Known to this process alone: each learns by its own calls.
 */
export function isProviderHealthy(provider: string, providerModel: string): boolean {
  const { breakers, refusedUntilMs } = health();
  if ((refusedUntilMs.get(provider) ?? 0) > Date.now()) return false;
  return breakers.get(`${provider}/${providerModel}`)?.isClosed() ?? true;
}

/**
 * Tells the breaker how an attempt began. What breaks off after its first token is not counted: the
 * provider was there.
 * @returns what that changed, once.
 */
export function reportAttempt(
  provider: string,
  providerModel: string,
  start: AttemptStart,
): Promise<HealthChange | null> {
  // A reader that left says nothing of the provider.
  if (start === "aborted") return Promise.resolve(null);
  const { breakers } = health();
  const key = `${provider}/${providerModel}`;
  const breaker = breakers.get(key) ?? makeBreaker();
  breakers.set(key, breaker);
  return breaker.report(start);
}

/** The provider refused our key, or our account is empty: none of its models is asked for a minute. */
export function reportRefusedKey(provider: string): void {
  health().refusedUntilMs.set(provider, Date.now() + REFUSED_MS);
}

function ignore(): void {
  // Nothing to do: the report is taken or refused.
}
