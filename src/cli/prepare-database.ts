import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { startEmbeddedPostgres } from "@/server/db/embedded-postgres.ts";
import { parseEnv, type Env } from "@/server/env.ts";

export type PreparedDatabase = {
  readonly url: string;
  /** For the person at the terminal; holds no secret. */
  readonly description: string;
  /** Stops the embedded server unless somebody else uses it; another server is left alone. */
  readonly close: () => Promise<void>;
};

/**
 * Reads `.env` and checks all settings, before anything is started. With the embedded database it
 * also makes what has no sense for another one: the data folder and the secret in it. Afterwards
 * this process's environment is complete but for the embedded database's address.
 * @throws Error naming the settings that are wrong.
 */
export async function loadSettings(): Promise<Env> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  if (isEmbedded()) {
    const dataDir = dataDirectory();
    process.env["PHO_DATA_DIR"] = dataDir;
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    if (isUnset("AUTH_SECRET"))
      process.env["AUTH_SECRET"] = await keptSecret(join(dataDir, "auth-secret"));
  }
  const address = isEmbedded() ? { PHO_EMBEDDED_DATABASE_URL: "postgres://not-started-yet" } : {};
  return parseEnv({ ...process.env, ...address });
}

/**
 * Opens the database that the settings name, or starts or joins the embedded one; `env()` works
 * from then on.
 */
export async function prepareDatabase(): Promise<PreparedDatabase> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined && given !== "") {
    await checkReachable(given);
    return { url: given, description: `using ${describe(given)}`, close: () => Promise.resolve() };
  }
  const server = await startEmbeddedPostgres({ dataDir: dataDirectory() });
  process.env["PHO_EMBEDDED_DATABASE_URL"] = server.url;
  const how = server.isAdopted ? "joined the running one" : server.isNew ? "created" : "started";
  return {
    url: server.url,
    description: `${how}, on 127.0.0.1:${server.port}`,
    close: async () => {
      await server.stop();
    },
  };
}

/** Where the embedded database, the secret, the demo accounts and the outbox live. */
export function dataDirectory(): string {
  const given = process.env["PHO_DATA_DIR"];
  return resolve(given === undefined || given === "" ? ".data" : given);
}

function isEmbedded(): boolean {
  return isUnset("DATABASE_URL");
}

function isUnset(name: string): boolean {
  return (process.env[name] ?? "") === "";
}

async function keptSecret(file: string): Promise<string> {
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.trim() !== "") return known.trim();
  const made = randomBytes(32).toString("base64url");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

async function checkReachable(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    await sql`select 1`;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the database ${describe(url)} of DATABASE_URL does not answer: ${reason}`, {
      cause,
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Host, port and name, without user and password. */
function describe(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
