import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { contradictionsAt } from "./check-books.ts";

export const urlVariable = "TEST_DATABASE_URL";
export const templateVariable = "PHO_TEST_TEMPLATE";

export type TestDatabase = {
  readonly url: string;
  readonly db: Db;
  /** Plain SQL beside the query builder, on connections of its own. */
  readonly sql: postgres.Sql;
  /** Checks the books, then drops it. @throws Error naming the invariants that do not hold. */
  readonly drop: () => Promise<void>;
};

/**
 * A database of its own: migrated, seeded, cloned in tens of milliseconds. One per file, in
 * `beforeAll`; `drop` it in `afterAll`. Tests inside a file part by making their own organisations.
 * @param options.max connections of `db` at most. `isBalanced: false`: the file plants rows no
 * product would write, and leaves them.
 */
export async function createTestDatabase(
  options: { readonly max?: number; readonly isBalanced?: boolean } = {},
): Promise<TestDatabase> {
  const serverUrl = fromGlobalSetup(urlVariable);
  const template = fromGlobalSetup(templateVariable);
  const name = `pho_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await onServer(
    serverUrl,
    (admin) => admin`create database ${admin(name)} template ${admin(template)}`,
  );
  const url = databaseUrl(serverUrl, name);
  const db = makeDb(url, { max: options.max ?? 10 });
  const sql = postgres(url, { max: 4, onnotice: () => undefined });
  return {
    url,
    db,
    sql,
    drop: async () => {
      try {
        if (options.isBalanced !== false) await expectBalancedBooks(url);
      } finally {
        await Promise.all([closeDb(db), sql.end({ timeout: 5 })]);
        await onServer(
          serverUrl,
          (admin) => admin`drop database if exists ${admin(name)} with (force)`,
        );
      }
    },
  };
}

async function expectBalancedBooks(url: string): Promise<void> {
  const found = await contradictionsAt(url);
  if (found.length > 0) throw new Error(`the books do not balance:\n${found.join("\n")}`);
}

/**
 * Sets the product's clock of this database to `instant`, from which it goes on; null: back to the
 * real time.
 */
export async function setClock(sql: postgres.Sql, instant: Date | null): Promise<void> {
  const aheadMs = instant === null ? 0 : instant.getTime() - Date.now();
  await replaceClock(sql, `now() + interval '${aheadMs} milliseconds'`);
}

/** Stops the product's clock of this database at `instant`, until `setClock`. */
export async function freezeClock(sql: postgres.Sql, instant: Date): Promise<void> {
  await replaceClock(sql, `timestamptz '${instant.toISOString()}'`);
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function replaceClock(sql: postgres.Sql, expression: string): Promise<void> {
  await sql.unsafe(
    `create or replace function app_now() returns timestamptz language sql stable parallel safe as $$ select ${expression} $$`,
  );
}

async function onServer(
  url: string,
  work: (admin: postgres.Sql) => PromiseLike<unknown>,
): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(admin);
  } finally {
    await admin.end({ timeout: 5 });
  }
}

function fromGlobalSetup(variable: string): string {
  const value = process.env[variable];
  if (value === undefined)
    throw new Error(`${variable} is not set: run through vitest, whose global setup makes it`);
  return value;
}
