import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { loadSettings, prepareDatabase } from "./prepare-database.ts";

export type OpenedDatabase = {
  readonly db: Db;
  /** For the person at the terminal; holds no secret. */
  readonly description: string;
  readonly close: () => Promise<void>;
};

/**
 * The database of the settings, for a command that works while the server runs and also while it does not: the embedded
 * one is joined, or started for as long as the command takes.
 */
export async function openDatabase(): Promise<OpenedDatabase> {
  await loadSettings();
  const prepared = await prepareDatabase();
  const db = makeDb(prepared.url, { max: 2 });
  return {
    db,
    description: prepared.description,
    close: async () => {
      await closeDb(db);
      await prepared.close();
    },
  };
}
