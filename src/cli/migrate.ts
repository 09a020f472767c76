import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { loadSettings, prepareDatabase } from "./prepare-database.ts";
import { printFailure } from "./steps.mjs";

/** `npm run db:migrate`: brings the database that the settings name to the newest schema. */
try {
  await loadSettings();
  const database = await prepareDatabase();
  try {
    await migrateDatabase(database.url);
    process.stdout.write(`Migrated (${database.description}).\n`);
  } finally {
    await database.close();
  }
} catch (error) {
  printFailure("The database was not migrated", error);
  process.exitCode = 1;
}
