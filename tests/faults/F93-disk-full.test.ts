import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { describe, expect, it, onTestFinished } from "vitest";
import { readyDoor } from "@/api/doors/health.ts";
import { closeDb, db, makeDb } from "@/server/db/client.ts";
import { startEmbeddedPostgres } from "@/server/db/embedded-postgres.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { seed } from "@drizzle/seed.ts";
import { makeCustomer } from "../factories/people.ts";
import { chat, settingsFor } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { startProviderSimulator } from "../support/provider-simulator.ts";
import { until } from "../support/until.ts";

const run = promisify(execFile);

const megabytes = 140;
const chatsMax = 60;

/** A small file system in memory. @returns null where this machine does not let us make one. */
async function mountSmallDisk(): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), "pho-small-disk-"));
  const options = ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=755`, "tmpfs", folder];
  const isMounted = await run("mount", options).then(
    () => true,
    () => false,
  );
  if (!isMounted) {
    await rm(folder, { recursive: true });
    return null;
  }
  await chmod(folder, 0o755);
  onTestFinished(async () => {
    await run("umount", ["-l", folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

/** Writes until nothing more goes on the disk. */
async function fillDisk(file: string): Promise<void> {
  const handle = await open(file, "w");
  try {
    for (const size of [1_048_576, 4_096]) {
      const piece = Buffer.alloc(size, 1);
      while (
        await handle.write(piece).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  } finally {
    await handle.close();
  }
}

async function startOn(dataDir: string) {
  const settings = { fsync: "off", min_wal_size: "32MB", max_wal_size: "32MB" };
  const server = await startEmbeddedPostgres({ dataDir, settings });
  await migrateDatabase(server.url);
  const pool = makeDb(server.url, { max: 2 });
  await seed(pool);
  const sql = postgres(server.url, { max: 2, onnotice: () => undefined });
  const simulator = await startProviderSimulator();
  Object.assign(process.env, settingsFor(server.url, simulator));
  onTestFinished(async () => {
    await simulator.stop();
    await Promise.all([closeDb(db()), closeDb(pool), sql.end({ timeout: 5 })]);
    await server.stop({ isForced: true });
  });
  const database = { url: server.url, db: pool, sql, drop: () => Promise.resolve() };
  return { database, simulator };
}

async function readiness(): Promise<string> {
  const answer = await readyDoor();
  const body = (await answer.json()) as { readonly checks: { readonly database: string } };
  return `${answer.status} ${body.checks.database}`;
}

describe("F93: the database's disk is full", () => {
  it("refuses new chats before their provider call, says so, and recovers by itself", async () => {
    const disk = await mountSmallDisk();
    if (disk === null) {
      process.stdout.write("LEFT OUT: F93 (cannot mount a small file system)\n");
      return;
    }
    const { database, simulator } = await startOn(disk);
    const customer = await makeCustomer(database);
    // Text that does not compress, so that pages fill up.
    const ask = async () => {
      const answer = await chat(customer, { text: randomBytes(6_000).toString("base64") });
      const text = await answer.text();
      return answer.status === 200
        ? "200"
        : `${answer.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? text}`;
    };
    expect(await ask()).toBe("200");
    expect(await readiness()).toBe("200 ok");

    const ballast = join(disk, "ballast");
    await fillDisk(ballast);
    const answers: string[] = [];
    while (answers.length < chatsMax && answers.filter((one) => one !== "200").length < 3) {
      const callsBefore = simulator.calls.length;
      const answer = await ask();
      answers.push(answer);
      if (answer !== "200") expect(simulator.calls.length).toBe(callsBefore);
    }
    const refused = answers.filter((answer) => answer !== "200");
    expect(refused).toEqual(refused.map(() => "503 database_unavailable"));
    expect(refused.length).toBeGreaterThan(0);
    expect(await readiness()).toBe("503 full");

    await rm(ballast);
    await until(async () => (await readiness()) === "200 ok");
    expect(await ask()).toBe("200");
    expect(await contradictions(database.sql)).toEqual([]);
  });
});
