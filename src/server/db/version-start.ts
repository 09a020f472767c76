import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { DomainError } from "@/domain/errors.ts";
import type { Db } from "./client.ts";

/**
 * How long before its first instant a new price or rate is written when it takes another's place;
 * the next one where that was too short. A message is admitted at the instant it read the
 * catalogue: were the version to begin before it can be read, messages of that moment would name
 * one that had ended already.
 */
const HEAD_STARTS_MS = [300, 1_200, 5_000] as const;

/** The first instant of a version that is about to be written. */
export type VersionStart = { readonly at: Date; readonly headStartMs: number };

class WrittenTooLate extends DomainError {}

/**
 * Runs a transaction that writes versions, again with a longer head start where writing took too
 * long for the first, and comes back when they hold (unless they are meant for later).
 * @param write gets the head start for `chooseStart` and gives back what that chose; null = nothing
 * was written.
 * @throws DomainError `overloaded` when the database is too slow for the longest: nothing was
 * changed.
 */
export async function writeAhead<T extends { readonly start: VersionStart | null }>(
  db: Db,
  write: (headStartMs: number) => Promise<T>,
): Promise<T> {
  const [shortest, ...longer] = HEAD_STARTS_MS;
  let written = await unlessTooLate(() => write(shortest));
  for (const headStartMs of longer) {
    written ??= await unlessTooLate(() => write(headStartMs));
  }
  if (written === null) {
    throw new DomainError("overloaded", "the database is too slow just now: nothing was changed");
  }
  await waitUntilBegun(db, written.start);
  return written;
}

async function unlessTooLate<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WrittenTooLate) return null;
    throw error;
  }
}

/**
 * Chooses when a version begins: at `from`, but not before it can be read by everybody. Read on
 * connections of the pool, since in a transaction the clock stands still.
 * @param wish.from null = as soon as can be.
 * @param wish.isReplacing whether something holds that it takes the place of.
 * @throws DomainError `invalid_input` for a start in the past.
 */
export async function chooseStart(
  db: Db,
  wish: {
    readonly from: Date | null;
    readonly isReplacing: boolean;
    readonly headStartMs: number;
  },
): Promise<VersionStart> {
  const before = await readClock(db);
  const { now, exact } = await readClock(db);
  if (wish.from !== null && wish.from < now) {
    throw new DomainError("invalid_input", "it cannot begin in the past");
  }
  // Only a clock that a test has stopped reads twice the same: then nobody is ahead of anybody.
  const headStartMs = wish.isReplacing && exact !== before.exact ? wish.headStartMs : 0;
  const atMs = Math.max(now.getTime() + headStartMs, wish.from?.getTime() ?? 0);
  return { at: new Date(atMs), headStartMs };
}

/**
 * To be asked last before the commit, which has half of the head start left. @throws DomainError
 * `overloaded` when writing took longer: `writeAhead` tries again.
 */
export async function assertStillAhead(db: Db, start: VersionStart): Promise<void> {
  if (start.headStartMs === 0) return;
  const { now } = await readClock(db);
  if (start.at.getTime() - now.getTime() >= start.headStartMs / 2) return;
  throw new WrittenTooLate("overloaded", "writing took longer than the head start");
}

async function waitUntilBegun(db: Db, start: VersionStart | null): Promise<void> {
  if (start === null || start.headStartMs === 0) return;
  const leftMs = start.at.getTime() - (await readClock(db)).now.getTime();
  if (leftMs > 0 && leftMs <= start.headStartMs) await pause(leftMs + 1);
}

/** `now` is rounded up to the millisecond, the resolution versions are chosen at. */
async function readClock(db: Db): Promise<{ readonly now: Date; readonly exact: string }> {
  const [row] = await db.execute<{ now: string; exact: string }>(
    sql`select date_trunc('milliseconds', app_now() + interval '999 microseconds') as now, app_now()::text as exact`,
  );
  if (row === undefined) throw new Error("no clock");
  return { now: new Date(row.now), exact: row.exact };
}
