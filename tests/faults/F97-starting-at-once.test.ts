import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import {
  copyMigrations,
  previousRelease,
  schemaOf,
  type MigrationsFolder,
} from "../support/old-release.ts";
import { createTestDatabase, databaseUrl, urlVariable } from "../support/test-database.ts";
import { until } from "../support/until.ts";

const serverUrl = process.env[urlVariable] ?? "";
const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
const made: string[] = [];
let wanted: string[];
let half: MigrationsFolder;

beforeAll(async () => {
  const { migrationsBefore } = await previousRelease();
  half = await copyMigrations((tag) => tag < migrationsBefore);
  const whole = await createTestDatabase();
  wanted = await schemaOf(whole.sql);
  await whole.drop();
});

afterAll(async () => {
  for (const name of made) await admin`drop database if exists ${admin(name)} with (force)`;
  await admin.end();
  await half.remove();
});

async function emptyDatabase(): Promise<string> {
  const name = `pho_start_${process.pid}_${randomBytes(4).toString("hex")}`;
  await admin`create database ${admin(name)}`;
  made.push(name);
  return databaseUrl(serverUrl, name);
}

async function withSql<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 2, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** An instance of its own process, as `npm run db:migrate` is. */
function startMigrating(url: string) {
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/migrate.ts"], {
    env: { ...process.env, DATABASE_URL: url, AUTH_SECRET: "migrating".repeat(5) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = Promise.all([text(child.stdout), text(child.stderr)]).then((all) => all.join(""));
  const ended = once(child, "close");
  return { child, output, ended };
}

describe("F97: two instances start and migrate at once", () => {
  it("each of four finds an empty database whole when its own start is through", async () => {
    const url = await emptyDatabase();
    const starts = Array.from({ length: 4 }, async () => {
      await migrateDatabase(url);
      return withSql(url, schemaOf);
    });
    for (const schema of await Promise.all(starts)) expect(schema).toEqual(wanted);
  });

  it("a database of the release before comes to the same whole", async () => {
    const url = await emptyDatabase();
    await Promise.all([1, 2].map(() => migrateDatabase(url, { folder: half.path })));
    expect(await withSql(url, schemaOf)).not.toEqual(wanted);
    await Promise.all([1, 2, 3].map(() => migrateDatabase(url)));
    expect(await withSql(url, schemaOf)).toEqual(wanted);
  });

  it("one waits while the other migrates, and finishes what a killed one left", async () => {
    const url = await emptyDatabase();
    await migrateDatabase(url, { folder: half.path });
    await withSql(url, async (sql) => {
      const reader = await sql.reserve();
      await reader`begin`;
      await reader`select 1 from turns`;
      const first = startMigrating(url);
      await until(() => isWaitingForTurns(sql));
      let isSecondDone = false;
      const second = migrateDatabase(url).then(() => {
        isSecondDone = true;
      });
      await until(() => isAskingForItsTurn(sql));
      expect(isSecondDone).toBe(false);
      first.child.kill("SIGKILL");
      await first.ended;
      await until(() => isWaitingForTurns(sql));
      expect(isSecondDone).toBe(false);
      await reader`commit`;
      reader.release();
      await second;
      expect(await schemaOf(sql)).toEqual(wanted);
    });
  });

  it("two processes at once both end well", async () => {
    const url = await emptyDatabase();
    const both = [startMigrating(url), startMigrating(url)];
    for (const { child, ended, output } of both) {
      await ended;
      expect(`${String(child.exitCode)} ${await output}`).toMatch(/^0 Migrated/);
    }
    expect(await withSql(url, schemaOf)).toEqual(wanted);
  });
});

async function isWaitingForTurns(sql: postgres.Sql): Promise<boolean> {
  const rows = await sql`select 1 from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and not l.granted and l.relation = 'turns'::regclass`;
  return rows.length > 0;
}

async function isAskingForItsTurn(sql: postgres.Sql): Promise<boolean> {
  const rows = await sql`select 1 from pg_stat_activity
    where datname = current_database() and query like '%pg_try_advisory_lock(%' and pid <> pg_backend_pid()`;
  return rows.length > 0;
}
