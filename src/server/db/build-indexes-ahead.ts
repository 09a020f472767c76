import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "postgres";
import { databaseErrorCode } from "./database-errors.ts";

/** As drizzle-kit writes it. */
const createIndex =
  /^\s*create (?<unique>unique )?index "(?<name>[^"]+)" on "(?<table>[^"]+)"(?<rest>[\s\S]*)$/i;

/** Below this a table is indexed faster than anyone notices. */
const TABLE_BYTES_MIN = 8 * 1024 * 1024;

const ATTEMPTS_MAX = 3;

/**
 * A build waits for every transaction that was open when it began, locking nobody out meanwhile.
 */
const PATIENCE_MS = 60_000;

/** SQLSTATEs of a wait given up (for somebody else's lock, or in a deadlock): worth another try. */
const CONTENDED = new Set(["55P03", "40P01"]);

/**
 * Builds a migration's indexes on large tables that exist already before the migration itself, by
 * `create index concurrently`: writers wait for nothing, whatever the table's size. An index that
 * an earlier run left half built is removed first. What cannot be built ahead (its column comes
 * with the migration, or too much was in the way) is left to the migration.
 * @param statements of one migration, in order.
 * @returns the statements still to be run.
 */
export async function buildIndexesAhead(
  sql: Sql,
  statements: readonly string[],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const statement of statements) {
    const parts = createIndex.exec(statement)?.groups;
    const isBuilt = parts !== undefined && (await buildAhead(sql, parts));
    if (!isBuilt) left.push(statement);
  }
  return left;
}

/** @returns whether the index stands now. */
async function buildAhead(
  sql: Sql,
  parts: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const { unique = "", name = "", table = "", rest = "" } = parts;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const found = await look(sql, name, table);
    if (found.isValid === true) return true;
    // SHARE UPDATE EXCLUSIVE: in nobody's way but other changes of the schema.
    if (found.isValid === false) {
      await sql.unsafe(`drop index concurrently if exists public."${name}"`);
    }
    if (found.bytes === null || found.bytes < TABLE_BYTES_MIN) return false;
    try {
      await sql.unsafe(`set lock_timeout = ${PATIENCE_MS}`);
      await sql.unsafe(`create ${unique}index concurrently "${name}" on "${table}"${rest}`);
      return true;
    } catch (error) {
      const code = databaseErrorCode(error);
      if (code === null || !CONTENDED.has(code)) break;
      await pause(500);
    } finally {
      await sql.unsafe("reset lock_timeout");
    }
  }
  const { isValid } = await look(sql, name, table);
  if (isValid === false) await sql.unsafe(`drop index concurrently if exists public."${name}"`);
  return false;
}

type Found = { readonly isValid: boolean | null; readonly bytes: number | null };

/** The index (null: none of this name) and the size of its table (null: no such table). */
async function look(sql: Sql, name: string, table: string): Promise<Found> {
  const [row] = await sql<Found[]>`
    select (select i.indisvalid from pg_index i
             where i.indexrelid = to_regclass(${`public."${name}"`})) as "isValid",
           pg_relation_size(to_regclass(${`public."${table}"`}))::float8 as bytes`;
  return row ?? { isValid: null, bytes: null };
}
