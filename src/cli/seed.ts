import { seed } from "@drizzle/seed.ts";
import { openDatabase } from "./open-database.ts";
import { printFailure } from "./steps.mjs";

/** `npm run db:seed`: plans, models with prices, the exchange rate. Adds what is missing and changes nothing else. */
try {
  const { db, description, close } = await openDatabase();
  try {
    await seed(db);
    process.stdout.write(`Seeded (${description}).\n`);
  } finally {
    await close();
  }
} catch (error) {
  printFailure("The database was not seeded", error);
  process.exitCode = 1;
}
