import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { Logger, runMigrations } from "graphile-worker";
import postgres from "postgres";

const migrationsFolder = fileURLToPath(new URL("../../../migrations", import.meta.url));

const quiet = new Logger(() => () => undefined);

/** Any number not used for another advisory lock of ours. */
const migrationLock = 724_110_001;

/**
 * Brings a database to the newest schema. Starters at once wait for each other: the lock belongs to
 * the one connection that migrates and goes with it, however it ends.
 * @throws the database's error; everything of this run is rolled back then.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    max_lifetime: null,
    onnotice: () => undefined,
  });
  try {
    await sql`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(sql), { migrationsFolder });
    // The queue's own tables, so that jobs can be added by SQL before any worker has run.
    await runMigrations({ connectionString: url, maxPoolSize: 1, logger: quiet });
  } finally {
    await sql.end({ timeout: 5 });
  }
}
