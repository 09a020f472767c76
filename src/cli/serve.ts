import { join, relative } from "node:path";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { seed } from "@drizzle/seed.ts";
import { buildApp } from "./build-app.mjs";
import { ensureDemoAccounts, type DemoAccount } from "./demo-accounts.ts";
import { dataDirectory, loadSettings, prepareDatabase } from "./prepare-database.ts";
import { Interrupted, makeSteps, printFailure } from "./steps.mjs";
import { checkAddressFree, startWebServer, type WebServer } from "./web-server.ts";

/**
 * The steps of `npm run up` that need the packages; started by up.mjs. Whatever it starts, it
 * stops, last things first.
 */

const isDev = process.argv.includes("--dev");
const isVerbose = process.argv.includes("--verbose");
const stopping = new AbortController();
const signal = stopping.signal;
const steps = makeSteps({ first: 3, total: 9, signal });
let hasServed = false;
const startedThings: (() => Promise<void>)[] = [];

const advice = {
  settings: "correct .env (or the environment); .env.example explains every setting",
  database:
    "with DATABASE_URL: check that the server runs and that user and password are right; without: read the log named above, " +
    "and if the data can go, move the folder .data away",
  migrations:
    "see the database's reason above; of the failed step nothing was changed. With your own server, its user must own the database",
  content: "see the reason above; run again with: npm run up -- --verbose",
};

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => stopping.abort());
// The channel to up.mjs breaks when that is killed.
process.once("disconnect", () => stopping.abort());

process.exit(await main());

async function main(): Promise<number> {
  try {
    const server = await start();
    await Promise.race([
      server.ended,
      new Promise((settle) => signal.addEventListener("abort", settle)),
    ]);
    if (!signal.aborted)
      throw new Error("the web server ended by itself; its last words are above");
  } catch (error) {
    await stopAll();
    if (error instanceof Interrupted) return 0;
    printFailure(hasServed ? "Phở Chat stopped" : "Phở Chat did not start", error);
    return 1;
  }
  await stopAll();
  return 0;
}

async function start(): Promise<WebServer> {
  const settings = await steps.run({ title: "Settings", advice: advice.settings }, async () => {
    const checked = await loadSettings();
    await checkAddressFree(checked.HOST, checked.PORT);
    steps.note(checked.isDatabaseEmbedded ? "fine" : "fine, with your own database");
    return checked;
  });
  const url = await steps.run({ title: "Database", advice: advice.database }, async () => {
    const database = await prepareDatabase();
    startedThings.push(database.close);
    steps.note(database.description);
    return database.url;
  });
  await steps.run({ title: "Tables", advice: advice.migrations }, () => migrateDatabase(url));
  const madeAccounts = await fillDatabase(url, settings.isDatabaseEmbedded);
  await steps.run({ title: "Build", advice: advice.content }, async () => {
    steps.note(isDev ? "not needed" : await buildApp({ env: process.env, isVerbose, signal }));
  });
  const { HOST: host, PORT: port } = settings;
  const server = await steps.run({ title: "Web server", advice: advice.content }, async () => {
    const started = await startWebServer({ host, port, isDev, isVerbose, signal });
    startedThings.push(started.stop);
    steps.note("ready");
    return started;
  });
  hasServed = true;
  welcome(settings.BASE_URL, settings.isDatabaseEmbedded, madeAccounts);
  return server;
}

async function fillDatabase(url: string, isEmbedded: boolean): Promise<DemoAccount[]> {
  const db = makeDb(url, { max: 2 });
  try {
    await steps.run({ title: "Plans, models, prices", advice: advice.content }, () => seed(db));
    return await steps.run({ title: "Demo accounts", advice: advice.content }, async () => {
      const made = isEmbedded ? await ensureDemoAccounts(db, accountsFile()) : [];
      steps.note(isEmbedded ? `${made.length} made` : "none with your own database");
      return made;
    });
  } finally {
    await closeDb(db);
  }
}

function welcome(address: string, isEmbedded: boolean, made: readonly DemoAccount[]): void {
  const file = relative("", accountsFile());
  const lines = ["", `Phở Chat is at ${address}`, ""];
  if (made.length > 0) {
    lines.push(`Demo accounts (shown this once; kept in ${file}):`);
    for (const account of made) {
      const role = account.role === "user" ? "chat user" : account.role;
      lines.push(`  ${role.padEnd(10)} ${account.email.padEnd(18)} ${account.password}`);
    }
    lines.push("");
  } else if (isEmbedded) {
    lines.push(`The demo accounts and their passwords are in ${file}.`, "");
  }
  lines.push("Ctrl-C stops everything.", "");
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function stopAll(): Promise<void> {
  if (startedThings.length === 0) return;
  process.stdout.write("\nStopping …\n");
  for (const stop of startedThings.splice(0).reverse()) {
    await stop().catch((error: unknown) => printFailure("Something did not stop", error));
  }
  process.stdout.write("Stopped.\n");
}

function accountsFile(): string {
  return join(dataDirectory(), "demo-accounts.json");
}
