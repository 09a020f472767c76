import type { Sql } from "postgres";

/** A mark in the database's history. Taking it uses up one transaction number. */
export async function markTransaction(sql: Sql): Promise<string> {
  const [row] = await sql<{ mark: string }[]>`
    select (pg_current_xact_id()::text::numeric % 4294967296)::text as mark`;
  if (row === undefined) throw new Error("the database gave no transaction number");
  return row.mark;
}

/**
 * How many transactions have written to this database and committed since the mark: the
 * different writers of the rows of all its tables. Deletions leave no row and are not seen. (The
 * rate limiter's rows are left out: its table is unlogged, so its commits wait for no disk. The
 * server's own counter, `pg_stat_database.xact_commit`, comes up to a second late and counts
 * reading as well.)
 */
export async function countCommitsSince(sql: Sql, mark: string): Promise<number> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname = 'public' and tablename <> 'rate_limits'`;
  const writers = tables.map(
    ({ name }) => `select xmin::text from ${name} where xmin::text::bigint > ${BigInt(mark)}`,
  );
  const rows = await sql.unsafe(writers.join(" union "));
  return rows.length;
}
