import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/db/embedded-postgres.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { runCommand } from "./steps.mjs";

/** A process of the bench that answers HTTP. */
export type Served = {
  readonly url: string;
  readonly processId: number;
  readonly stop: () => Promise<void>;
};

const next = resolve("node_modules/next/dist/bin/next");
const plainApp = "tests/bench/plain-app";
const plainBuild = "tests/.out/plain-app";
const quiet = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
const readyWithinMs = 60_000;

/** PostgreSQL as `npm run up` starts it (so commits reach the disk), in a folder that goes with it. */
export async function startDatabase(): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "pho-bench-"));
  const server = await startEmbeddedPostgres({ dataDir });
  await migrateDatabase(server.url);
  return {
    ...server,
    stop: async () => {
      const isStopped = await server.stop({ isForced: true });
      await rm(dataDir, { recursive: true, force: true });
      return isStopped;
    },
  };
}

/** The providers' simulator of the tests, as a process of its own. */
export async function startSimulator(): Promise<Served & { readonly openAiBaseUrl: string }> {
  const child = start(["--import", "tsx", "tests/support/provider-simulator-main.ts"], {});
  const line = await new Promise<string>((settle, reject) => {
    child.stdout.once("data", (bytes: Buffer) => settle(bytes.toString("utf8")));
    child.once("exit", () => reject(new Error("the simulator did not start")));
  });
  const shape = z.object({ url: z.string(), openAiBaseUrl: z.string(), pid: z.number() });
  const { pid: processId, ...urls } = shape.parse(JSON.parse(line));
  return { ...urls, processId, stop: () => stop(child) };
}

export type AnswerScript = {
  readonly output: number;
  readonly tokensPerChunk: number;
  readonly delayMsPerChunk: number;
};

/** Ends before progress is saved, so that every statement of a message is on its road. */
export const shortAnswer: AnswerScript = { output: 8, tokensPerChunk: 2, delayMsPerChunk: 0 };

/** Says how the simulator answers from now on, and empties its record. */
export async function scriptSimulator(url: string, script: AnswerScript): Promise<void> {
  await fetch(`${url}/__reset`, { method: "POST" });
  await fetch(`${url}/__script`, { method: "POST", body: JSON.stringify(script) });
}

/** Builds the plain Next app, unless it is built already. */
export async function buildPlainApp(): Promise<void> {
  const hash = createHash("sha256").update(await readFile("package-lock.json"));
  for (const entry of (await readdir(plainApp, { recursive: true, withFileTypes: true })).sort()) {
    if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
  }
  const marker = join(plainBuild, ".next/built-from");
  const wanted = hash.digest("hex");
  if ((await readFile(marker, "utf8").catch(() => "")) === wanted) return;
  await rm(plainBuild, { recursive: true, force: true });
  await mkdir("tests/.out", { recursive: true });
  await cp(plainApp, plainBuild, { recursive: true });
  // By webpack: Turbopack would take src/instrumentation.ts of the whole project into it.
  const { exitCode, output } = await runCommand(
    process.execPath,
    [next, "build", "--webpack", plainBuild],
    {
      env: { ...process.env, ...quiet },
      isVerbose: false,
    },
  );
  if (exitCode !== 0) throw new Error(`the plain app was not built:\n${output}`);
  await writeFile(marker, wanted);
}

export type NextApp = {
  readonly directory: string;
  /** A path that answers once the app is ready, whatever its status. */
  readonly readyPath: string;
  readonly settings: (port: number) => Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
};

/** Our app and the settings that make the simulator its only provider. */
export function ourApp(input: {
  readonly databaseUrl: string;
  readonly openAiBaseUrl: string;
  readonly authSecret: string;
}): NextApp {
  const unset = [
    ...["BASE_URL", "SMTP_URL", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"],
    ...["OPENAI_COMPATIBLE_PROVIDERS", "CLERK_PUBLISHABLE_KEY", "PHO_EMBEDDED_DATABASE_URL"],
    "REDIS_URL",
  ];
  return {
    directory: ".",
    readyPath: "/api/health/ready",
    settings: (port) => ({
      // A blank setting counts as none, and .env does not fill it.
      ...Object.fromEntries(unset.map((name) => [name, ""])),
      PORT: String(port),
      DATABASE_URL: input.databaseUrl,
      AUTH_SECRET: input.authSecret,
      OPENAI_API_KEY: "bench",
      OPENAI_BASE_URL: input.openAiBaseUrl,
      LOG_LEVEL: "warn",
    }),
  };
}

/** The plain route that only passes the simulator's stream on. */
export function plainNextApp(simulatorUrl: string): NextApp {
  return {
    directory: plainBuild,
    readyPath: "/chat",
    settings: () => ({ SIMULATOR_URL: simulatorUrl }),
  };
}

/** Starts a built Next app as `npm run up` does and waits until it answers. */
export async function startNext(app: NextApp): Promise<Served> {
  const port = await freePort();
  const parameters = [...(app.nodeOptions ?? []), next, "start", app.directory];
  const child = start([...parameters, "-H", "127.0.0.1", "-p", String(port)], app.settings(port));
  const url = `http://localhost:${port}`;
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const answer = await fetch(url + app.readyPath).catch(() => null);
    if (answer !== null && answer.status < 500) break;
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop(child);
      throw new Error(`the app in ${app.directory} did not start; is it built?`);
    }
    await pause(50);
  }
  return { url, processId: child.pid ?? 0, stop: () => stop(child) };
}

function start(parameters: readonly string[], settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, parameters, {
    env: { ...process.env, ...quiet, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.resume();
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((settle) => child.once("exit", settle));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((settle, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}
