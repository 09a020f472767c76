import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillUsage } from "../bench/bench-volume-rows.ts";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { seed } from "@drizzle/seed.ts";
import { contradictions } from "../support/check-books.ts";
import { watchLocks } from "../support/lock-sampler.ts";
import { copyMigrations, previousRelease, schemaOf } from "../support/old-release.ts";
import { startOldTraffic } from "../support/old-traffic.ts";
import { databaseUrl, urlVariable } from "../support/test-database.ts";
import { until } from "../support/until.ts";

const isLong = process.env["PHO_LONG"] === "1";
const rows = isLong ? 1_000_000 : 25_000;
const lockMsMax = 2_000;

const serverUrl = process.env[urlVariable] ?? "";
const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });

let name: string;
let url: string;
let sql: postgres.Sql;
let accounts: { readonly orgId: string; readonly userId: string }[];

/** A database of the release before, with its year of usage. */
beforeAll(async () => {
  name = `pho_old_${process.pid}_${randomBytes(4).toString("hex")}`;
  await admin`create database ${admin(name)}`;
  url = databaseUrl(serverUrl, name);
  const { migrationsBefore } = await previousRelease();
  const old = await copyMigrations((tag) => tag < migrationsBefore);
  await migrateDatabase(url, { folder: old.path });
  await old.remove();
  const db = makeDb(url, { max: 1 });
  await seed(db);
  await closeDb(db);
  sql = postgres(url, { max: 4, onnotice: () => undefined });
  await fillUsage(sql, { rows, orgs: 200, heavyRows: rows / 5 });
  accounts = await sql<typeof accounts>`
    select org_id as "orgId", user_id as "userId" from org_members order by user_id limit 4`;
}, 600_000);

afterAll(async () => {
  await sql.end({ timeout: 5 });
  await admin`drop database if exists ${admin(name)} with (force)`;
  await admin.end();
});

describe("F96: migrating a full database beside the release before", () => {
  it("keeps its turns going, locks no table for 2 s and leaves the books right", async () => {
    const traffic = await startOldTraffic(url, [...accounts, ...accounts.slice(0, 2)]);
    const locks = watchLocks(url);
    await traffic.more(50);
    // Somebody's long reading of a table that is to be changed: the migration must step back.
    const reader = await sql.reserve();
    // In the simple protocol, which leaves a lock but no snapshot for index builds to wait for.
    await reader.unsafe("begin; select count(*) from turns");
    const migrated = migrateDatabase(url);
    await until(() => locks.waits() >= 3, isLong ? 300_000 : 20_000);
    await traffic.more(50);
    await reader`commit`;
    reader.release();
    await migrated;
    await traffic.more(200);
    const { errors, slowestMs } = await traffic.stop();
    const { longestMs, of } = await locks.stop();
    process.stdout.write(
      `F96: ${rows} rows, ${traffic.turns()} old turns, slowest ${slowestMs.toFixed(0)} ms; ` +
        `longest lock ${longestMs.toFixed(0)} ms (${of})\n`,
    );
    expect(errors).toEqual([]);
    expect(longestMs).toBeLessThan(lockMsMax);
    expect(await contradictions(sql)).toEqual([]);
  }, 600_000);

  it("leaves the old schema working when a migration fails", async () => {
    await migrateDatabase(url);
    const before = await schemaOf(sql);
    const folder = await copyMigrations();
    await folder.add("29990101000000_fails", [
      'CREATE INDEX "usage_logs_extra_idx" ON "usage_logs" USING btree ("provider");',
      'ALTER TABLE "turns" ADD COLUMN "half" integer;',
      'CREATE UNIQUE INDEX "usage_logs_wrong_key" ON "usage_logs" USING btree ("org_id");',
    ]);
    const traffic = await startOldTraffic(url, accounts);
    await expect(migrateDatabase(url, { folder: folder.path })).rejects.toThrow("could not create");
    await traffic.more(50);
    expect((await traffic.stop()).errors).toEqual([]);
    const after = await schemaOf(sql);
    // Built ahead and complete, an index may stay: it changes nothing for anybody.
    expect(after.filter((line) => !line.includes("usage_logs_extra_idx"))).toEqual(before);
    expect(await contradictions(sql)).toEqual([]);
    await folder.remove();
  }, 600_000);
});
