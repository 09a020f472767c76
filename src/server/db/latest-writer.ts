import { log } from "@/server/log.ts";
import type { Db } from "./client.ts";

/** Written in one statement at most; the rest follows in the next. */
const ITEMS_MAX = 64;

/** A write that hangs longer (a line that swallows what is sent) does not keep the next one back. */
const PATIENCE_MS = 2_000;

/**
 * Keeps the newest state of many things in the database with as few statements as it takes: what is
 * put while a write is under way waits, the newest per key only, and goes with the next one. For
 * states that may be lost, such as the progress of streams: a thousand of them cost the pool one
 * connection, not a thousand. A failed write is logged and not repeated: a newer state is coming.
 * @param write one statement for all items; must bear older items after newer ones.
 */
export function latestWriter<T>(
  name: string,
  write: (db: Db, items: readonly T[]) => Promise<void>,
): (db: Db, key: string, item: T) => void {
  const queues = new WeakMap<Db, { waiting: Map<string, T>; isWriting: boolean }>();
  const next = (db: Db, queue: { waiting: Map<string, T>; isWriting: boolean }) => {
    if (queue.isWriting || queue.waiting.size === 0) return;
    const batch = [...queue.waiting].slice(0, ITEMS_MAX);
    for (const [key] of batch) queue.waiting.delete(key);
    queue.isWriting = true;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      queue.isWriting = false;
      next(db, queue);
    };
    const timer = setTimeout(over, PATIENCE_MS);
    write(
      db,
      batch.map(([, item]) => item),
    )
      .catch((error: unknown) =>
        log().warn({ err: error, lost: batch.length }, `${name} was not saved`),
      )
      .finally(over);
  };
  return (db, key, item) => {
    const queue = queues.get(db) ?? { waiting: new Map<string, T>(), isWriting: false };
    queues.set(db, queue);
    queue.waiting.set(key, item);
    next(db, queue);
  };
}
