/** A statement the database took and has not answered in time. */
class SlowDatabaseError extends Error {
  readonly code = "POOL_BUSY";

  constructor(waitedMs: number) {
    super(`the database did not answer within ${waitedMs} ms`);
    this.name = "SlowDatabaseError";
  }
}

/** How long a person waits for one reading statement, in ms. */
const READ_WAIT_MS = 3_000;

/**
 * Gives reading a limit of time, for a line that swallows what is sent. For statements that only
 * read: what was given up here still runs, and keeps its connection, to its end.
 * @throws an error that doors answer with `overloaded`.
 */
export async function readInTime<T>(reading: Promise<T>, waitMs = READ_WAIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SlowDatabaseError(waitMs)), waitMs);
  });
  try {
    return await Promise.race([reading, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}
