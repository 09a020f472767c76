import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { settingNames } from "@/server/env.ts";
import { AUTH_SECRET } from "./app-under-test.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { until } from "./until.ts";

/** The built product in a process of its own, on a database of its own. */
export type ServedApp = {
  readonly url: string;
  readonly database: TestDatabase;
  /** What the web server has written so far. */
  readonly log: () => string;
  /** The link in the newest mail to that address; waits until one has come. */
  readonly linkTo: (email: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Ends the server when this process is killed; otherwise it would live on. */
const endWithParent =
  'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))';

/**
 * Serves the production build as `npm run up` does, with the mail in an outbox folder.
 * @param settings over the defaults; nothing is taken from the environment or from `.env`.
 * @throws Error when nothing was built.
 */
export async function serveApp(
  settings: Readonly<Record<string, string>> = {},
): Promise<ServedApp> {
  if (!existsSync(".next/BUILD_ID")) {
    throw new Error("nothing is built, so nothing can be served: run `npx next build` first");
  }
  const [database, dataDir, port] = await Promise.all([
    createTestDatabase(),
    mkdtemp(join(tmpdir(), "pho-served-")),
    findFreePort(),
  ]);
  const child = spawnServer(port, {
    PHO_EMBEDDED_DATABASE_URL: database.url,
    PHO_DATA_DIR: dataDir,
    AUTH_SECRET,
    LOG_LEVEL: "warn",
    ...settings,
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (log += chunk.toString("utf8")));
  }
  const url = `http://localhost:${String(port)}`;
  const stop = async () => {
    await stopProcess(child);
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await until(async () => hasEnded(child) || (await isReady(url)), 60_000);
    if (hasEnded(child)) throw new Error("it ended by itself");
  } catch (cause) {
    await stop();
    throw new Error(`the web server did not come up:\n${log}`, { cause });
  }
  const linkTo = (email: string) => until(() => newestLink(join(dataDir, "outbox"), email));
  return { url, database, log: () => log, linkTo, stop };
}

function spawnServer(port: number, settings: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  // A setting that is there but empty is not looked up in `.env`.
  const unset = Object.fromEntries(settingNames.map((name) => [name, ""]));
  const next = resolve("node_modules/next/dist/bin/next");
  const address = ["-H", "127.0.0.1", "-p", String(port)];
  return spawn(process.execPath, ["--import", endWithParent, next, "start", ...address], {
    env: {
      ...unset,
      ...{ PATH, HOME, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      NEXT_MANUAL_SIG_HANDLE: "true",
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      ...settings,
      PORT: String(port),
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((settle) => child.once("close", settle));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/api/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  await new Promise((settle) => server.close(settle));
  if (address === null || typeof address === "string") throw new Error("no address");
  return address.port;
}

async function newestLink(outbox: string, email: string): Promise<string | undefined> {
  const names = await readdir(outbox).catch(() => []);
  for (const name of names
    .filter((file) => file.endsWith(".txt"))
    .sort()
    .reverse()) {
    const mail = await readFile(join(outbox, name), "utf8");
    if (mail.startsWith(`${email}\n`)) return /https?:\/\/\S+/.exec(mail)?.[0];
  }
  return undefined;
}
