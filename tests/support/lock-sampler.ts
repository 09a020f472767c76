import postgres from "postgres";

export type LockWatch = {
  /** How often a migration began to wait for a lock that others hold. */
  readonly waits: () => number;
  /** @returns the longest time one lock stood in the way of writers, waited for or held. */
  readonly stop: () => Promise<{ readonly longestMs: number; readonly of: string }>;
};

/** The modes that writers, or even readers, cannot share a table with. */
const blocking = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

/**
 * Looks at `pg_locks` again and again: every lock on one of our tables that shuts out writers, by
 * its holder, from the first to the last sample that saw it. A lock waited for counts as one held,
 * for everybody else queues behind it.
 */
export function watchLocks(url: string): LockWatch {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const seen = new Map<string, { firstMs: number; lastMs: number }>();
  const waits = new Set<string>();
  const stopping = new AbortController();
  const sampling = (async () => {
    while (!stopping.signal.aborted) {
      const rows = await sql<Lock[]>`
        select l.pid, c.relname as table, l.mode, l.granted, a.xact_start::text as transaction,
               l.waitstart::text as "waitsSince"
          from pg_locks l join pg_class c on c.oid = l.relation
          join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
          join pg_stat_activity a on a.pid = l.pid
         where l.locktype = 'relation' and c.relkind = 'r' and l.mode = any(${blocking})`;
      const nowMs = performance.now();
      for (const lock of rows) {
        const key = [lock.table, lock.mode, lock.pid, lock.transaction].join(" ");
        const span = seen.get(key) ?? { firstMs: nowMs, lastMs: nowMs };
        seen.set(key, { ...span, lastMs: nowMs });
        if (!lock.granted && lock.waitsSince !== null) waits.add(`${lock.pid} ${lock.waitsSince}`);
      }
    }
  })();
  // Whoever stops the watch hears of its failure; a test that failed before that need not.
  sampling.catch(() => undefined);
  return {
    waits: () => waits.size,
    stop: async () => {
      stopping.abort();
      await sampling;
      await sql.end({ timeout: 5 });
      const spans = [...seen].map(([of, span]) => ({ of, longestMs: span.lastMs - span.firstMs }));
      const [longest] = spans.sort((one, other) => other.longestMs - one.longestMs);
      return longest ?? { longestMs: 0, of: "no lock was seen" };
    },
  };
}

type Lock = {
  readonly pid: number;
  readonly table: string;
  readonly mode: string;
  readonly granted: boolean;
  readonly transaction: string | null;
  readonly waitsSince: string | null;
};
