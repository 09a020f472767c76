import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { liveDoor, readyDoor } from "@/api/doors/health.ts";
import { db } from "@/server/db/client.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import {
  makeAsk,
  openMailbox,
  PASSWORD,
  testSettings,
  type Ask,
  type Mailbox,
} from "../support/identity-rig.ts";
import { readAnswer } from "../support/read-answer.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { untilQuiet } from "../support/quiescence.ts";

/** What other features may take while a neighbour says nothing at all, which is waited for 10 s. */
const ALIVE_WITHIN_MS = 5_000;

let app: AppUnderTest;
let mailbox: Mailbox;
let mailLine: TcpProxy;
let askIdentity: Ask;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  mailbox = await openMailbox();
  const { port } = new URL(mailbox.url);
  mailLine = await startTcpProxy(() => ({ host: "127.0.0.1", port: Number(port) }));
  const settings = testSettings(app.database.url, {
    SMTP_URL: `smtp://127.0.0.1:${mailLine.port}`,
  });
  askIdentity = makeAsk({ db: db(), settings });
});

afterAll(async () => {
  await untilQuiet(app.database.sql);
  expect(await contradictions(app.database.sql)).toEqual([]);
  await mailLine.close();
  await mailbox.close();
  await app.stop();
});

async function expectAlive(work: () => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now();
  await work();
  expect(performance.now() - startedAtMs).toBeLessThan(ALIVE_WITHIN_MS);
}

describe("F94 a neighbour that does not answer", () => {
  it("the mail server: signing up, chatting and everything else goes on, the mail comes later", async () => {
    mailLine.blackHole();
    const email = "slow@pho.example";
    await expectAlive(async () => {
      const body = { email, password: PASSWORD, name: "Lan" };
      expect((await askIdentity("sign-up/email", { body })).status).toBe(200);
    });
    await expectAlive(async () => {
      expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
    });
    await expectAlive(async () => {
      expect((await readyDoor()).status).toBe(200);
    });
    await mailLine.mend();
    expect(await mailbox.linkTo(email)).toContain("token=");
  });

  it("the provider: everything else goes on, and who gives up waiting is settled", async () => {
    const leaving = new AbortController();
    const text = ask({ pauseBeforeHead: true });
    app.simulator.reset();
    const waiting = Array.from({ length: 20 }, () =>
      chat(person, { text }, { signal: leaving.signal }).catch(() => null),
    );
    await app.simulator.waitForCalls(20);
    await expectAlive(async () => {
      expect(await trpc(person, "costOptimization.getUsageSummary")).toMatchObject({ status: 200 });
      expect((await readyDoor()).status).toBe(200);
      expect(liveDoor().status).toBe(200);
    });
    await expectAlive(async () => {
      const body = { email: "slow@pho.example", password: PASSWORD };
      expect((await askIdentity("sign-in/email", { body })).status).toBe(200);
    });
    await expectAlive(async () => {
      expect((await readAnswer(await chat(person, { text: "Another" }))).isDone).toBe(true);
    });
    leaving.abort();
    await Promise.all(waiting);
    await untilQuiet(app.database.sql);
    expect(app.simulator.calls.filter((call) => call.disconnectedAt !== null)).toHaveLength(20);
  });
});
