import postgres from "postgres";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { migrateDatabase } from "@/server/db/migrate-database.ts";
import { seed } from "@drizzle/seed.ts";
import { removeAbandonedServers, startTestServer } from "./test-server.ts";
import { databaseUrl, templateVariable, urlVariable } from "./test-database.ts";

/**
 * One PostgreSQL for the whole run, with one template database that every test file clones.
 * `TEST_DATABASE_URL` names a server to use instead; its user must be allowed to create databases
 * and extensions. No server, no tests: it throws.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env[urlVariable];
  await removeAbandonedServers();
  const server = given === undefined ? await startTestServer() : null;
  const url = given ?? server?.url ?? "";
  const template = `pho_template_${process.pid}_${Date.now()}`;
  const admin = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  const cleanUp = async () => {
    if (server !== null) Reflect.deleteProperty(process.env, urlVariable);
    await admin`drop database if exists ${admin(template)} with (force)`.catch(() => undefined);
    await admin.end({ timeout: 5 });
    await server?.stop();
  };
  try {
    await buildTemplate(admin, template, url);
  } catch (error) {
    await cleanUp();
    throw error;
  }
  // The workers are started after this and inherit the environment.
  process.env[urlVariable] = url;
  process.env[templateVariable] = template;
  return cleanUp;
}

async function buildTemplate(
  admin: postgres.Sql,
  template: string,
  serverUrl: string,
): Promise<void> {
  await admin`create database ${admin(template)}`;
  const url = databaseUrl(serverUrl, template);
  await migrateDatabase(url);
  const db = makeDb(url, { max: 1 });
  try {
    await seed(db);
  } finally {
    await closeDb(db);
  }
}
