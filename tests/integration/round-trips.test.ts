import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { countCommitsSince, markTransaction } from "@/cli/bench-chat-commits.ts";
import { startRoundTripProxy, type RoundTripProxy } from "@/cli/bench-chat-proxy.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest, type ChatBody } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { urlVariable } from "../support/test-database.ts";
import { until } from "../support/until.ts";

/** Session, facts, reserve; then the mark that the call is sent, without which it must not be. */
const ROUND_TRIPS_MAX = 4;
const COMMITS_MAX = 2;
/** Counted apart: the rate limiter's one statement for address, user and organisation. */
const LIMITER_ROUND_TRIPS = 1;

/** Until every connection of the pool has prepared every statement. */
const WARM_UP_MESSAGES = 12;

let app: AppUnderTest;
let proxy: RoundTripProxy;
let customer: Person;
let visitor: Person;
let conversationId: string;

beforeAll(async () => {
  proxy = await startRoundTripProxy(process.env[urlVariable] ?? "");
  app = await startApp({ databaseUrl: proxy.through });
  customer = await makeCustomer(app.database);
  visitor = await makePerson(app.database);
  for (let sent = 0; sent < WARM_UP_MESSAGES; sent += 1) {
    const answer = await readAnswer(await chat(sent % 4 === 3 ? visitor : customer, {}));
    if (sent % 4 !== 3) ({ conversationId } = answer);
  }
});

afterEach(() => proxy.release());

afterAll(async () => {
  await app.stop();
  await proxy.close();
});

type Case = { readonly name: string; readonly body: () => ChatBody; readonly isFree?: true };

const cases: readonly Case[] = [
  { name: "a new conversation", body: () => ({}) },
  { name: "a conversation with a history", body: () => ({ conversationId }) },
  { name: "a model of the asker's choice", body: () => ({ model: "openai/gpt-5.4-mini" }) },
  { name: "an answer in one piece", body: () => ({ stream: false }) },
  { name: "the free plan with its counters", body: () => ({}), isFree: true },
];

/**
 * A connection that meets a statement for the first time prepares it, in a round trip of its own;
 * which connection the pool picks is not ours to say, so a message that met a new one is asked anew.
 */
const ATTEMPTS_MAX = 4;

/**
 * Asks while no statement after the fourth is even sent on. @returns whether the provider is asked,
 * with one round trip of the limiter beside it.
 */
async function asksProvider(person: Person, body: ChatBody): Promise<boolean> {
  app.simulator.reset();
  const mark = await markTransaction(app.database.sql);
  proxy.holdAfter(ROUND_TRIPS_MAX);
  const answering = chat(person, body);
  const isAsked = await until(() => app.simulator.calls.length > 0, 2_000).catch(() => false);
  const commits = await countCommitsSince(app.database.sql, mark);
  const limiterRoundTrips = proxy.flightsApart().length;
  proxy.release();
  await (await answering).text();
  expect((await answering).status).toBe(200);
  if (isAsked) expect(commits).toBe(COMMITS_MAX);
  // More of the limiter's: its connection was new, too.
  return isAsked && limiterRoundTrips === LIMITER_ROUND_TRIPS;
}

describe("a message reaches its provider after four round trips and two commits at most, the limiter's apart", () => {
  it.each(cases)("$name", async ({ body, isFree }) => {
    let isAsked = false;
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !isAsked; attempt += 1) {
      isAsked = await asksProvider(isFree === true ? visitor : customer, body());
    }
    expect(isAsked).toBe(true);
  });
});

it("nothing is sent to a provider before the database has the mark that it is", async () => {
  for (let asked = 0; asked < ATTEMPTS_MAX; asked += 1) {
    app.simulator.reset();
    proxy.holdAfter(ROUND_TRIPS_MAX - 1);
    const answering = chat(customer, {});
    await until(() => proxy.isHolding());
    const flights = proxy.flights().length;
    expect(app.simulator.calls).toEqual([]);
    proxy.release();
    await readAnswer(await answering);
    expect(app.simulator.calls).toHaveLength(1);
    expect(flights).toBe(ROUND_TRIPS_MAX - 1);
  }
});
