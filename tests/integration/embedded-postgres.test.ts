import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { afterEach, describe, expect, it } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/db/embedded-postgres.ts";
import { chooseServerUser, findPostgresBinaries, runAs } from "@/server/db/postgres-binaries.ts";
import { isAlive } from "@/server/db/postgres-lock.ts";
import { startTestServer, type TestServer } from "../support/test-server.ts";

const cycles = process.env.PHO_LONG === "1" ? 20 : 3;

/** As in production: with fsync. */
const durable = {};

const open: TestServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.stop();
});

async function startDurable(): Promise<TestServer> {
  const server = await startTestServer(durable);
  open.push(server);
  return server;
}

async function query<Row extends postgres.MaybeRow>(
  url: string,
  text: string,
): Promise<readonly Row[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await sql.unsafe<Row[]>(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function crash(server: EmbeddedPostgres): void {
  process.kill(server.processId, "SIGKILL");
}

describe("durability", () => {
  it(`loses no committed row in ${cycles} cycles of insert, count, kill -9, start, count`, async () => {
    const { dataDir, url } = await startDurable();
    await query(url, "create table kept (id bigint primary key, note text not null)");
    let rowsExpected = 0;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const running = await startEmbeddedPostgres({ dataDir });
      for (let batch = 0; batch < 10; batch += 1) {
        await query(
          running.url,
          `insert into kept select ${rowsExpected} + n, repeat('phở ', 50) from generate_series(1, 100) n`,
        );
        rowsExpected += 100;
      }
      await expect(countKept(running.url)).resolves.toBe(rowsExpected);
      crash(running);
      const again = await startEmbeddedPostgres({ dataDir });
      expect(again.processId).not.toBe(running.processId);
      await expect(countKept(again.url)).resolves.toBe(rowsExpected);
    }
  }, 180_000);

  it("keeps what was committed on a connection that the crash cut", async () => {
    const server = await startDurable();
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    await sql`create table kept (id bigint primary key)`;
    await sql`insert into kept select n from generate_series(1, 3000) n`;
    crash(server);
    await sql.end({ timeout: 1 });
    const again = await startEmbeddedPostgres({ dataDir: server.dataDir });
    await expect(countKept(again.url)).resolves.toBe(3000);
  });
});

describe("taking over", () => {
  it("adopts the server that survived its starter, with its data and its port", async () => {
    const first = await startDurable();
    const second = await startEmbeddedPostgres({ dataDir: first.dataDir });
    expect(second).toMatchObject({
      isAdopted: true,
      isNew: false,
      processId: first.processId,
      port: first.port,
      url: first.url,
    });
  });

  it("lets two starters at once end up with one server, and the last one stops it", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), `pho-test-${process.pid}-`));
    const [one, two] = await Promise.all([
      startEmbeddedPostgres({ dataDir }),
      startEmbeddedPostgres({ dataDir }),
    ]);
    expect(two.processId).toBe(one.processId);
    await expect(one.stop()).resolves.toBe(false);
    expect(isAlive(one.processId)).toBe(true);
    await expect(two.stop()).resolves.toBe(true);
    expect(isAlive(one.processId)).toBe(false);
    await rm(dataDir, { recursive: true });
  });

  it("does not take the server of another folder for its own, though the lock names it", async () => {
    const original = await startDurable();
    const copy = await mkdtemp(join(tmpdir(), `pho-test-${process.pid}-`));
    await cp(original.dataDir, copy, { recursive: true, force: true });
    const second = await startEmbeddedPostgres({ dataDir: copy });
    expect(second).toMatchObject({ isAdopted: false, isNew: false });
    expect(second.processId).not.toBe(original.processId);
    expect(second.port).not.toBe(original.port);
    await second.stop({ isForced: true });
    await rm(copy, { recursive: true });
  });
});

describe("starting after an accident", () => {
  it("starts although the lock names a process that belongs to another program now", async () => {
    const { dataDir } = await startDurable();
    const running = await startEmbeddedPostgres({ dataDir });
    const lockFile = join(dataDir, "postgres", "postmaster.pid");
    const lock = await readFile(lockFile, "utf8");
    const owner = await stat(lockFile);
    await running.stop({ isForced: true });
    // The same user as the server's, or PostgreSQL itself sees that the process cannot be its own.
    const stranger = spawn("sleep", ["300"], { uid: owner.uid, gid: owner.gid });
    await once(stranger, "spawn");
    await writeFile(lockFile, lock.replace(/^\d+/, String(stranger.pid)));
    const again = await startEmbeddedPostgres({ dataDir });
    expect(again.isAdopted).toBe(false);
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
    await again.stop({ isForced: true });
  });

  it("takes the next free port when its own is in use, and remembers it", async () => {
    const { dataDir, port } = await startDurable();
    const first = await startEmbeddedPostgres({ dataDir });
    await first.stop({ isForced: true });
    const squatter = createServer().listen(port, "127.0.0.1");
    await once(squatter, "listening");
    const second = await startEmbeddedPostgres({ dataDir });
    expect(second.port).toBeGreaterThan(port);
    await second.stop({ isForced: true });
    squatter.close();
    await once(squatter, "close");
    const third = await startEmbeddedPostgres({ dataDir });
    expect(third.port).toBe(second.port);
  });

  it("says what the server said when it cannot start", async () => {
    const { dataDir } = await startDurable();
    const running = await startEmbeddedPostgres({ dataDir });
    await running.stop({ isForced: true });
    const refused = startEmbeddedPostgres({ dataDir, settings: { max_connections: "many" } });
    await expect(refused).rejects.toThrow(
      /did not start[\s\S]*invalid value for parameter "max_connections"/,
    );
  });

  it("refuses a folder that is not a database instead of overwriting it", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), `pho-test-${process.pid}-`));
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres", "diary.txt"), "");
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      /not a PostgreSQL data folder/,
    );
    await rm(dataDir, { recursive: true });
  });
});

/** PostgreSQL refuses to run as root; for anybody else these folders are no question. */
const privateFolders = process.getuid?.() === 0 ? [0o755, 0o700] : [];

describe("as root", () => {
  it.each(privateFolders)(
    "reaches programs with mode %o in a folder that only root may enter",
    async (mode) => {
      const home = await mkdtemp(join(tmpdir(), `pho-test-${process.pid}-`));
      const binaries = await findPostgresBinaries();
      await cp(dirname(dirname(binaries.postgres)), join(home, "native"), {
        recursive: true,
        verbatimSymlinks: true,
      });
      await chmod(join(home, "native"), mode);
      const moved = {
        initdb: join(home, "native/bin/initdb"),
        pgCtl: join(home, "native/bin/pg_ctl"),
        postgres: join(home, "native/bin/postgres"),
      };
      for (const program of Object.values(moved)) await chmod(program, mode);
      const cluster = join(home, "postgres");
      const user = await chooseServerUser(moved, cluster);
      await mkdir(cluster, { mode: 0o700 });
      await chown(cluster, user.ids?.uid ?? 0, user.ids?.gid ?? 0);
      const made = await runAs(user, moved.initdb, ["-D", cluster, "-U", "pho", "--no-sync"]);
      expect(made).toMatchObject({ exitCode: 0 });
      await rm(home, { recursive: true });
    },
  );
});

async function countKept(url: string): Promise<number> {
  const [row] = await query<{ rows: number }>(url, "select count(*)::int as rows from kept");
  return row?.rows ?? -1;
}
