import type { Sql } from "postgres";

export type AttemptCount = {
  readonly key: string;
  readonly points: number;
  readonly windowMs: number;
};

export type CountedAttempts = {
  readonly points: number;
  /** Until the window ends, by the database's clock, which all processes share. */
  readonly msBeforeNext: number;
};

/**
 * Counts attempts in fixed windows, all keys in one statement; keys differ. The table is unlogged,
 * so the commit waits for no disk, and rows are taken in the order of their keys, so two requests
 * never wait for each other in a circle. A crash of the server empties the table: windows begin
 * anew.
 */
export async function countAttempts(
  sql: Sql,
  attempts: readonly AttemptCount[],
): Promise<ReadonlyMap<string, CountedAttempts>> {
  const rows = await sql<({ readonly key: string } & CountedAttempts)[]>`
    insert into rate_limits as kept (key, points, expire)
    select key, points, (extract(epoch from statement_timestamp()) * 1000)::bigint + "windowMs"
      from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb)
        as asked(key text, points int, "windowMs" bigint)
     order by key
    on conflict (key) do update set
      points = case when kept.expire <= (extract(epoch from statement_timestamp()) * 1000)::bigint
        then excluded.points else least(kept.points::bigint + excluded.points, 2000000000)::int end,
      expire = case when kept.expire <= (extract(epoch from statement_timestamp()) * 1000)::bigint
        then excluded.expire else kept.expire end
    returning key, points,
      (expire - (extract(epoch from statement_timestamp()) * 1000)::bigint)::float8 as "msBeforeNext"`;
  return new Map(rows.map(({ key, ...counted }) => [key, counted]));
}

/** Forgets a key's attempts. @returns whether there were any. */
export async function forgetAttempts(sql: Sql, key: string): Promise<boolean> {
  const { count } = await sql`delete from rate_limits where key = ${key}`;
  return count > 0;
}

/** Deletes the windows that have ended: with them goes the last trace of who asked from where. */
export async function dropEndedWindows(sql: Sql): Promise<void> {
  await sql`delete from rate_limits
    where expire <= (extract(epoch from statement_timestamp()) * 1000)::bigint`;
}
