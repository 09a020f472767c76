/** At most `countMax` attempts within `windowMs` from the first one. */
export type AttemptLimit = { readonly countMax: number; readonly windowMs: number };

type Window = { count: number; endsAtMs: number };

/** Entries kept at most; the oldest go first, so a flood of keys cannot fill the memory. */
const KEYS_MAX = 50_000;

/**
 * Counts attempts per key in fixed windows, in this process's memory: several processes allow as
 * many times more, and a restart forgets.
 */
export class AttemptLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /**
   * Counts one attempt against every limit given; a refused attempt counts too, without moving the
   * window.
   * @returns seconds to wait when a limit is reached, else null.
   */
  attempt(limits: readonly (readonly [key: string, limit: AttemptLimit])[]): number | null {
    const waits = limits.map(([key, limit]) => this.#count(key, limit));
    const longestMs = Math.max(0, ...waits);
    return longestMs === 0 ? null : Math.ceil(longestMs / 1000);
  }

  /** Forgets a key's attempts, as after a right password. */
  clear(key: string): void {
    this.#windows.delete(key);
  }

  #count(key: string, limit: AttemptLimit): number {
    const nowMs = this.#nowMs();
    const open = this.#windows.get(key);
    if (open === undefined || open.endsAtMs <= nowMs) {
      this.#windows.delete(key);
      this.#windows.set(key, { count: 1, endsAtMs: nowMs + limit.windowMs });
      this.#dropOldest();
      return 0;
    }
    if (open.count >= limit.countMax) return open.endsAtMs - nowMs;
    open.count += 1;
    return 0;
  }

  #dropOldest(): void {
    for (const key of this.#windows.keys()) {
      if (this.#windows.size <= KEYS_MAX) return;
      this.#windows.delete(key);
    }
  }
}
