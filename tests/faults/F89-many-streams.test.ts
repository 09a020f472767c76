import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readyDoor } from "@/api/doors/health.ts";
import { db } from "@/server/db/client.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { makeAsk, PASSWORD, testSettings, type Ask } from "../support/identity-rig.ts";
import { readAnswer } from "../support/read-answer.ts";

/** `npm run bench:streams` does it with a thousand, and measures how fast the others are answered. */
const STREAMS = 200;
const POOL = 10;
const ASKED = 20;
const MODEL = "openai/gpt-5.4-mini";
const email = "many@pho.example";

let app: AppUnderTest;
let people: readonly Person[];
let askIdentity: Ask;

beforeAll(async () => {
  app = await startApp();
  people = await Promise.all(Array.from({ length: 10 }, () => makeCustomer(app.database)));
  const settings = testSettings(app.database.url, { SMTP_URL: "smtp://127.0.0.1:1" });
  askIdentity = makeAsk({ db: db(), settings });
  const body = { email, password: PASSWORD, name: "Many" };
  expect((await askIdentity("sign-up/email", { body })).status).toBe(200);
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** What is answered one after the other, as HTTP status codes. */
async function statusesOf(work: () => Promise<number>): Promise<ReadonlySet<number>> {
  const statuses = new Set<number>();
  for (let count = 0; count < ASKED; count += 1) statuses.add(await work());
  return statuses;
}

const askReadiness = async () => (await readyDoor()).status;

const signIn = async () =>
  (await askIdentity("sign-in/email", { body: { email, password: PASSWORD } })).status;

describe("F89 many open streams on a pool of ten", () => {
  it("hold no connection: signing in and readiness find one", async () => {
    const text = ask({ output: 40, tokensPerChunk: 4, pauseAfter: 3 });
    for (const person of people) await readAnswer(await chat(person, { text: "Warm up" }));
    app.simulator.reset();
    const reading: ReturnType<typeof readAnswer>[] = [];
    while (reading.length < STREAMS) {
      const some = await Promise.all(people.map((person) => chat(person, { text, model: MODEL })));
      reading.push(...some.map((response) => readAnswer(response)));
    }
    const asked = [await statusesOf(askReadiness), await statusesOf(signIn)];
    const backends = await app.database.sql<{ state: string }[]>`
      select state from pg_stat_activity
       where datname = current_database() and application_name = 'pho-chat'`;
    const inUse = backends.filter(({ state }) => state !== "idle");
    app.simulator.release();
    const answers = await Promise.all(reading);
    expect(answers.filter((answer) => answer.isDone && answer.error === null)).toHaveLength(
      STREAMS,
    );
    expect(inUse).toEqual([]);
    expect(backends.length).toBeLessThanOrEqual(POOL * 2);
    expect(asked).toEqual([new Set([200]), new Set([200])]);
  });
});
