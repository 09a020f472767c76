import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { databaseErrorCode, forgetFullDisk, wasDiskFull } from "./database-errors.ts";

const DISK_FULL = "53100";

/** More than the sort may keep in memory: it goes to a temporary file of the server. */
const SPILL_ROWS = 40_000;

/**
 * Whether the database has no room to write, which reading does not show. Free while nobody was
 * refused for it; after that every call has the server write a temporary file of a megabyte, which
 * leaves nothing behind, until it succeeds.
 * @throws the database's error when it does not answer at all.
 */
export async function isDiskFull(db: Db): Promise<boolean> {
  if (!wasDiskFull()) return false;
  try {
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local work_mem = '64kB'`);
      await tx.execute(sql`select count(*) from (
        select n from generate_series(1, ${SPILL_ROWS}::int) n order by md5(n::text) offset 1) spilled`);
    });
  } catch (error) {
    if (databaseErrorCode(error) === DISK_FULL) return true;
    throw error;
  }
  forgetFullDisk();
  return false;
}
