import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "@drizzle/schema/index.ts";
import { env } from "@/server/env.ts";

/**
 * The typed query builder; `$client` is the postgres.js pool under it, for the few hot statements
 * that are prepared.
 */
export type Db = PostgresJsDatabase<typeof schema> & { readonly $client: postgres.Sql };

/** Opens a pool. @param options.max connections at most; a stream holds none of them. */
export function makeDb(url: string, options: { readonly max?: number } = {}): Db {
  const client = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 5,
    // A new connection costs a message several round trips more: sign-in and every statement's preparing.
    idle_timeout: 600,
    connection: { application_name: "pho-chat", statement_timeout: 15_000, lock_timeout: 10_000 },
    onnotice: () => undefined,
  });
  return drizzle(client, { schema });
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
  globalThis.phoChatDb ??= makeDb(env().DATABASE_URL);
  return globalThis.phoChatDb;
}
