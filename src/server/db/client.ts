import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "@drizzle/schema/index.ts";
import { env } from "@/server/env.ts";
import { prepareStatements } from "./prepare-statements.ts";
import { gateClient, type PoolPatience } from "./pool-gate.ts";

/**
 * The typed query builder; `$client` is the postgres.js pool under it, for the few hot statements
 * that are prepared.
 */
export type Db = PostgresJsDatabase<typeof schema> & { readonly $client: postgres.Sql };

/** What a person waits for at most before they are told to come back (F91), in ms. */
const LOCK_WAIT_MS = 3_000;
const CONNECT_WAIT_SECONDS = 3;
const RECONNECT_PAUSE_SECONDS_MAX = 1;

/** Ending a turn books money: it may wait as long as a statement may run. */
const servingPatience: PoolPatience = { statementMs: 3_000, transactionMs: 15_000 };

type PoolOptions = {
  /** Connections at most; a stream holds none of them. */
  readonly max?: number;
  /** With it, work that gets no connection in time is refused instead of queued without end. */
  readonly patience?: PoolPatience;
};

/** Opens a pool. */
export function makeDb(url: string, options: PoolOptions = {}): Db {
  const max = options.max ?? 10;
  const pool = postgres(url, {
    max,
    connect_timeout: CONNECT_WAIT_SECONDS,
    // The driver's own pauses grow to 20 s: a database that is back would be found late.
    backoff: (attempt) => Math.min(3 ** attempt / 100, RECONNECT_PAUSE_SECONDS_MAX),
    // A new connection costs a message several round trips more: sign-in and every statement's preparing.
    idle_timeout: 600,
    connection: {
      application_name: "pho-chat",
      statement_timeout: 15_000,
      lock_timeout: LOCK_WAIT_MS,
    },
    onnotice: () => undefined,
  });
  const client = prepareStatements(pool);
  const { patience } = options;
  return drizzle(patience === undefined ? client : gateClient(client, max, patience), { schema });
}

/** Ends a pool's connections, letting running statements finish for up to 5 s. */
export async function closeDb(db: Db): Promise<void> {
  await db.$client.end({ timeout: 5 });
}

declare global {
  var phoChatDb: Db | undefined;
}

/** The pool of this process, opened on first use and kept over hot reloads. */
export function db(): Db {
  globalThis.phoChatDb ??= makeDb(env().DATABASE_URL, { patience: servingPatience });
  return globalThis.phoChatDb;
}

/** Closes the pool of this process, if it was opened. */
export async function closeProcessDb(): Promise<void> {
  if (globalThis.phoChatDb !== undefined) await closeDb(globalThis.phoChatDb);
}
