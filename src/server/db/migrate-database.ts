import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMigrationFiles, type MigrationMeta } from "drizzle-orm/migrator";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { buildIndexesAhead } from "./build-indexes-ahead.ts";
import { databaseErrorCode } from "./database-errors.ts";

const ourMigrations = fileURLToPath(new URL("../../../migrations", import.meta.url));

const quiet = new Logger(() => () => undefined);

/** Any number not used for another advisory lock of ours. */
const migrationLock = 724_110_001;

/** How long a starter waits for another one that migrates. */
const turnPatienceMs = 15 * 60_000;

/** How long a migration tries to get its locks between the statements of those at work. */
const lockPatienceMs = 2 * 60_000;

/**
 * The first attempts give up before PostgreSQL looks for deadlocks (1 s), so that it never ends the
 * statement of somebody at work in our favour. Later ones wait past that moment, for only then does
 * an autovacuum make room. Either way those who queue behind us wait for less than 2 s.
 */
const shortLockTimeoutMs = 500;
const longLockTimeoutMs = 1_500;
const shortAttempts = 10;

/** SQLSTATEs of a lock not got in time, and of a deadlock. */
const CONTENDED = new Set(["55P03", "40P01"]);

/**
 * Brings a database to the newest schema beside instances that work in it, of this release or the
 * one before. Starters at once take turns: the lock belongs to the one connection that migrates and
 * goes with it, however it ends. Each migration is one transaction, whose waits for locks are
 * shorter than 2 s and repeated for two minutes; indexes on large tables are built before it,
 * without locking out writers.
 * @param options.folder of migrations in drizzle's layout; ours when not given.
 * @throws the database's error: the migration that met it left nothing, those before it stand.
 */
export async function migrateDatabase(
  url: string,
  options: { readonly folder?: string } = {},
): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder: options.folder ?? ourMigrations });
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    max_lifetime: null,
    onnotice: () => undefined,
  });
  try {
    await takeTurn(sql);
    await prepareRecord(sql);
    for (const migration of migrations) {
      if (await isApplied(sql, migration)) continue;
      const statements = await buildIndexesAhead(sql, migration.sql);
      await withPatience((lockTimeoutMs) => apply(sql, { migration, statements, lockTimeoutMs }));
    }
    // The queue's own tables, so that jobs can be added by SQL before any worker has run.
    await withPatience((lockTimeoutMs) => migrateQueue(url, lockTimeoutMs));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Asks again and again instead of waiting in the statement: a waiting statement is a snapshot, and
 * `create index concurrently` of the one who migrates would wait for it for ever.
 */
async function takeTurn(sql: Sql): Promise<void> {
  const endsAt = Date.now() + turnPatienceMs;
  for (;;) {
    const [row] = await sql<{ isOurs: boolean }[]>`
      select pg_try_advisory_lock(${migrationLock}) as "isOurs"`;
    if (row?.isOurs === true) return;
    if (Date.now() > endsAt) {
      throw new Error("another instance is migrating the database and does not come to its end");
    }
    await pause(100);
  }
}

/** The table in which drizzle keeps what was applied. */
async function prepareRecord(sql: Sql): Promise<void> {
  await sql`create schema if not exists drizzle`;
  await sql`create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`;
}

async function isApplied(sql: Sql | TransactionSql, migration: MigrationMeta): Promise<boolean> {
  const [row] = await sql<{ isApplied: boolean }[]>`
    select coalesce(max(created_at), 0) >= ${migration.folderMillis} as "isApplied"
      from drizzle.__drizzle_migrations`;
  return row?.isApplied === true;
}

async function apply(
  sql: Sql,
  work: {
    readonly migration: MigrationMeta;
    readonly statements: readonly string[];
    readonly lockTimeoutMs: number;
  },
): Promise<void> {
  const { migration, statements, lockTimeoutMs } = work;
  await sql.begin(async (tx) => {
    await tx.unsafe(`set local lock_timeout = ${lockTimeoutMs}`);
    // Whoever looks for deadlocks first is ended by one: that shall be us. Only a superuser may set it.
    await tx
      .savepoint((inner) => inner.unsafe("set local deadlock_timeout = '50ms'"))
      .catch(() => undefined);
    // Our turn may have been lost with a broken connection: this lock goes by the transaction.
    await tx`lock table drizzle.__drizzle_migrations in share row exclusive mode`;
    if (await isApplied(tx, migration)) return;
    for (const statement of statements) await tx.unsafe(statement);
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at)
      values (${migration.hash}, ${migration.folderMillis})`;
  });
}

async function migrateQueue(url: string, lockTimeoutMs: number): Promise<void> {
  const pgPool = new pg.Pool({ connectionString: url, max: 1, lock_timeout: lockTimeoutMs });
  // A connection that breaks while nobody uses it concerns nobody; in use, its query says so.
  pgPool.on("error", () => undefined);
  pgPool.on("connect", (client) => client.on("error", () => undefined));
  try {
    await runMigrations({ pgPool, logger: quiet });
  } finally {
    await pgPool.end();
  }
}

async function withPatience(work: (lockTimeoutMs: number) => Promise<void>): Promise<void> {
  const endsAt = Date.now() + lockPatienceMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work(attempt <= shortAttempts ? shortLockTimeoutMs : longLockTimeoutMs);
      return;
    } catch (error) {
      const code = databaseErrorCode(error);
      if (code === null || !CONTENDED.has(code) || Date.now() > endsAt) throw error;
      // Time for those who queued behind us.
      await pause(Math.min(100 * attempt, 1_000));
    }
  }
}
