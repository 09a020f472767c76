import { randomBytes, randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillUsage } from "../bench/bench-volume-rows.ts";
import { closeDb, db, makeDb } from "@/server/db/client.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { seed } from "@drizzle/seed.ts";
import { signIn } from "../factories/people.ts";
import { chat, chatJson, ORIGIN, settingsFor } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { copyMigrations, previousRelease } from "../support/old-release.ts";
import { startDoorOf } from "../support/previous-release-door.ts";
import { startProviderSimulator, type Simulator } from "../support/provider-simulator.ts";
import { databaseUrl, urlVariable, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

const serverUrl = process.env[urlVariable] ?? "";
const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
const name = `pho_previous_${process.pid}_${randomBytes(4).toString("hex")}`;
const url = databaseUrl(serverUrl, name);

let database: TestDatabase;
let simulator: Simulator;
let commit: string;

/** A database as the release before left it. */
beforeAll(async () => {
  await admin`create database ${admin(name)}`;
  const release = await previousRelease();
  ({ commit } = release);
  const old = await copyMigrations((tag) => tag < release.migrationsBefore);
  await migrateDatabase(url, { folder: old.path });
  await old.remove();
  const pool = makeDb(url, { max: 4 });
  await seed(pool);
  const sql = postgres(url, { max: 4, onnotice: () => undefined });
  database = { url, db: pool, sql, drop: () => Promise.resolve() };
  simulator = await startProviderSimulator();
  await fillUsage(sql, { rows: 1_000, orgs: 20, heavyRows: 200 });
}, 120_000);

afterAll(async () => {
  await simulator.stop();
  await Promise.all([closeDb(db()), closeDb(database.db), database.sql.end({ timeout: 5 })]);
  await admin`drop database if exists ${admin(name)} with (force)`;
  await admin.end();
});

describe("F96: the release before, as a process, beside this one", () => {
  it("answers before, while and after the tables change, on the same budgets as the new", async () => {
    const settings = settingsFor(url, simulator);
    const old = await startDoorOf(commit, settings);
    if (old === null) {
      process.stdout.write("LEFT OUT: F96 old release (no git history)\n");
      return;
    }
    Object.assign(process.env, settings);
    const cookies = await Promise.all([1, 2, 3].map((n) => signIn(database, `volume-${n}`)));
    const answers: string[] = [];
    let isStopping = false;
    const asking = cookies.map(async (cookie) => {
      while (!isStopping) answers.push(await askOld(old.url, cookie));
    });
    await until(() => answers.length >= 6, 30_000);
    await migrateDatabase(url);
    const during = answers.length;
    const fresh = cookies.map(async (cookie) => {
      const answer = await chat({ cookie }, {});
      await answer.text();
      return answer.status;
    });
    expect(await Promise.all(fresh)).toEqual([200, 200, 200]);
    await until(() => answers.length >= during + 6, 30_000);
    isStopping = true;
    await Promise.all(asking);
    await old.stop();
    expect(answers.filter((answer) => answer !== "200 whole")).toEqual([]);
    expect(await contradictions(database.sql)).toEqual([]);
  }, 120_000);
});

async function askOld(doorUrl: string, cookie: string): Promise<string> {
  const answer = await fetch(`${doorUrl}/webapi/chat/auto`, {
    method: "POST",
    headers: { cookie, origin: ORIGIN, "content-type": "application/json" },
    body: chatJson({ messageId: randomUUID() }),
  });
  const text = await answer.text();
  return `${answer.status} ${text.includes('"state":"complete"') ? "whole" : text.slice(-400)}`;
}
