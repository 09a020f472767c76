import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/server/db/client.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { startDatabaseProxy, type DatabaseProxy } from "../support/database-proxy.ts";
import { readAnswer } from "../support/read-answer.ts";

const POOL = 10;
/** The product promises about 3 s; the machine of a test may be slow. */
const REFUSED_WITHIN_MS = 5_000;
const role = `pho_dry_${randomUUID().slice(0, 8)}`;

let app: AppUnderTest;
let line: DatabaseProxy;
let person: Person;

/** The product's connections are of a role whose number of connections a test can set. */
function asLimitedRole(databaseUrl: string): string {
  const url = new URL(line.url(databaseUrl));
  url.username = role;
  url.password = role;
  return url.href;
}

beforeAll(async () => {
  line = await startDatabaseProxy();
  app = await startApp({ databaseUrl: asLimitedRole });
  const { sql } = app.database;
  const owner = sql.options.user;
  await sql.unsafe(
    `create role ${role} login password '${role}' connection limit 0 in role "${owner}"`,
  );
  person = await makeCustomer(app.database);
});

beforeEach(() => app.simulator.reset());

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.database.sql.unsafe(`alter role ${role} connection limit -1`);
  await app.database.sql.unsafe(`drop role ${role}`);
  await app.stop();
  await line.close();
});

async function expectBusy(asked: Promise<Response>): Promise<void> {
  const startedAtMs = performance.now();
  const refusal = await readRefusal(await asked);
  expect(refusal).toMatchObject({ status: 503, code: "overloaded" });
  expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
  expect(performance.now() - startedAtMs).toBeLessThan(REFUSED_WITHIN_MS);
}

/** No provider was asked, and nothing is held for what was refused. */
async function expectNothingSpent(): Promise<void> {
  expect(app.simulator.calls).toEqual([]);
  const [row] = await app.database.sql`
    select count(*)::int as held from reservations where state = 'held'`;
  expect(row?.["held"]).toBe(0);
}

async function expectAnswered(): Promise<void> {
  expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
}

describe("F91 a database that has no connection to give", () => {
  it("because all its connections are taken: 503, and it goes on without a restart", async () => {
    await expectBusy(chat(person, {}));
    await expectNothingSpent();
    await app.database.sql.unsafe(`alter role ${role} connection limit -1`);
    await expectAnswered();
  });

  it("because the pool is dry: 503 within about 3 s, and it goes on when it is not", async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let taken = 0;
    const holders = Array.from({ length: POOL }, () =>
      db().$client.begin(async (sql) => {
        await sql`select 1`;
        taken += 1;
        await held;
      }),
    );
    await expect.poll(() => taken).toBe(POOL);
    const asked = [chat(person, {}), chat(person, {}), chat(person, { stream: false })];
    const listed = trpc(person, "chat.listConversations");
    await Promise.all(asked.map(expectBusy));
    expect(await listed).toMatchObject({ status: 503, code: "overloaded" });
    await expectNothingSpent();
    letGo();
    await Promise.all(holders);
    await expectAnswered();
  });

  it("because somebody does not let go of a row: 503, nothing held", async () => {
    await app.database.sql.begin(async (sql) => {
      await sql`select 1 from budget_periods where org_id = ${person.orgId} for update`;
      await expectBusy(chat(person, {}));
      await expectNothingSpent();
    });
    await expectAnswered();
  });

  it("because the line swallows what is sent: 503, and it goes on when the line is back", async () => {
    line.blackHole();
    await expectBusy(chat(person, {}));
    await expectNothingSpent();
    await line.mend();
    await expectAnswered();
  });
});
