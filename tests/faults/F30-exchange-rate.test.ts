import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { applyApprovedRate } from "@/features/rates/apply-approved-rate.ts";
import { refreshExchangeRate } from "@/features/rates/refresh-exchange-rate.ts";
import { setExchangeRate } from "@/features/rates/set-exchange-rate.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import {
  jsonQuote,
  openQuote,
  startRateFeed,
  xmlQuote,
  type RateFeed,
} from "../support/rate-feed.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";

const MODEL = "openai/gpt-5.4-mini";
const SLOW_MS = 150;
const HOUR_MS = 3_600_000;
const word = { actor: "ops", reason: "test", requestId: "test" };

let app: AppUnderTest;
let feed: RateFeed;
let person: Person;

beforeAll(async () => {
  [app, feed] = await Promise.all([startApp(), startRateFeed()]);
  person = await makeCustomer(app.database);
});

afterAll(async () => {
  await setClock(app.database.sql, null);
  expect(await contradictions(app.database.sql)).toEqual([]);
  await Promise.all([app.stop(), feed.stop()]);
});

/** Every case begins at 26,000 ₫, with nothing told and nothing waiting. */
beforeEach(async () => {
  const { db, sql } = app.database;
  app.simulator.reset();
  await setClock(sql, null);
  await sql`delete from approvals where id is not null`;
  await sql`delete from ops_alerts where id is not null`;
  await sql`delete from operations where scope = 'exchange_rate.confirmed'`;
  const base = { rateMilliVnd: 26_000_000n, from: null, source: "test", approvedBy: null };
  await setExchangeRate(db, { ...base, ...word });
});

const refresh = () =>
  refreshExchangeRate(app.database.db, { sources: feed.sources, timeoutMs: SLOW_MS });

async function rates() {
  return app.database.sql`
    select id, rate_milli_vnd::text as rate, valid_from, valid_to, source, approved_by
      from exchange_rates order by valid_from, created_at`;
}
const current = async () => (await rates()).find((row) => row["valid_to"] === null);

async function alerts() {
  const rows = await app.database.sql`
    select dedupe_key from ops_alerts where resolved_at is null order by dedupe_key`;
  return rows.map((row) => String(row["dedupe_key"]));
}

async function proposals() {
  return app.database.sql`
    select id, state, payload->>'rateMilliVnd' as rate from approvals order by created_at, id`;
}

const xml = (sell: string) => ({ "vietcombank-xml": xmlQuote(sell, new Date()) });

async function answerOf(text: string) {
  const answer = await readAnswer(await chat(person, { model: MODEL, text }));
  const id = answer.receipt?.usageLogIds[0] ?? "";
  const [row] = await app.database.sql`
    select l.rate_id, l.cost_micro_vnd::text as cost,
           ceil(l.cost_pico_usd::numeric * r.rate_milli_vnd / 1000000000)::text as at_its_rate
      from usage_logs l join exchange_rates r on r.id = l.rate_id where l.id = ${id}`;
  return row;
}

describe("F30 the exchange rate", () => {
  it("a rate that moves a little holds from then on, and the row before only ends", async () => {
    const [before, kept] = [await current(), await answerOf("Before")];
    feed.answer(xml("26,260.00"));
    expect(await refresh()).toMatchObject({ outcome: "applied", rateMilliVnd: 26_260_000n });
    const after = await current();
    expect(after).toMatchObject({ rate: "26260000", source: "vietcombank-xml", approved_by: null });
    const old = (await rates()).find((row) => row["id"] === before?.["id"]);
    expect(old).toEqual({ ...before, valid_to: after?.["valid_from"] });
    expect(kept?.["rate_id"]).toBe(before?.["id"]);
    const priced = await answerOf("After");
    expect(priced?.["rate_id"]).toBe(after?.["id"]);
    expect(priced?.["cost"]).toBe(priced?.["at_its_rate"]);
    expect(feed.userAgents[0]).toMatch(/^Mozilla\/5\.0 /);
    const [audit] = await app.database.sql`
      select actor, action from audit_log order by created_at desc, id limit 1`;
    expect(audit).toEqual({ actor: "job", action: "rate.set" });
  });

  it("an answer that streams across the change keeps the rate of its admission", async () => {
    const before = await current();
    const script = { output: 40, tokensPerChunk: 10, pauseAfter: 1 };
    const response = await chat(person, { model: MODEL, text: ask(script) });
    feed.answer(xml("26,500.00"));
    expect((await refresh()).outcome).toBe("applied");
    app.simulator.release();
    const answer = await readAnswer(response);
    const [log] = await app.database.sql`
      select rate_id from usage_logs where id = ${answer.receipt?.usageLogIds[0] ?? ""}`;
    expect(log?.["rate_id"]).toBe(before?.["id"]);
    expect((await answerOf("After"))?.["rate_id"]).toBe((await current())?.["id"]);
  });

  it("the same rate again writes no row, run twice at once writes one", async () => {
    const count = (await rates()).length;
    feed.answer(xml("26,000.00"));
    expect((await refresh()).outcome).toBe("unchanged");
    expect(await rates()).toHaveLength(count);
    feed.answer(xml("26,100.00"));
    const outcomes = await Promise.all([refresh(), refresh(), refresh()]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
      ...["applied", "unchanged", "unchanged"],
    ]);
    expect(await rates()).toHaveLength(count + 1);
  });

  it.each([
    ["6 % up", "27,560.00"],
    ["6 % down", "24,440.00"],
  ])("a jump of %s waits for a person and is applied by their word, once", async (_name, sell) => {
    const rate = sell.replace(/[,.]/g, "") + "0";
    const before = await current();
    feed.answer(xml(sell));
    expect((await refresh()).outcome).toBe("jump");
    expect((await refresh()).outcome).toBe("jump");
    expect(await current()).toEqual(before);
    expect(await alerts()).toEqual(["rate_refused:jump"]);
    const [proposal, ...others] = await proposals();
    expect({ proposal, others }).toMatchObject({
      proposal: { state: "pending", rate },
      others: [],
    });
    const decision = { id: String(proposal?.["id"]), isApproved: true, ...word };
    const words = await Promise.allSettled([
      applyApprovedRate(app.database.db, decision),
      applyApprovedRate(app.database.db, decision),
    ]);
    expect(words.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(applyApprovedRate(app.database.db, decision)).rejects.toMatchObject({
      code: "state_conflict",
    });
    expect(await current()).toMatchObject({ rate, approved_by: "ops", source: "vietcombank-xml" });
    expect(await alerts()).toEqual([]);
    expect((await refresh()).outcome).toBe("unchanged");
  });

  it("a rejected jump changes nothing and is not asked again that day", async () => {
    const before = await current();
    feed.answer(xml("29,000.00"));
    await refresh();
    const [proposal] = await proposals();
    const word2 = { id: String(proposal?.["id"]), reason: "no" };
    await adminVerbs["reject"]?.(app.database.db, { values: word2, words: [] });
    expect((await refresh()).outcome).toBe("jump");
    expect(await current()).toEqual(before);
    expect(await proposals()).toMatchObject([{ state: "rejected" }]);
    expect(await alerts()).toEqual([]);
  });

  it("a jump that was a mistake of the feed is moot once the feed is right again", async () => {
    feed.answer(xml("29,000.00"));
    await refresh();
    feed.answer(xml("26,010.00"));
    expect((await refresh()).outcome).toBe("applied");
    expect(await proposals()).toMatchObject([{ state: "rejected" }]);
    expect(await alerts()).toEqual([]);
  });

  it.each([
    ["0", "0.00"],
    ["a thousand times too high", "26,260,000.00"],
    ["a thousand times too low", "26.26"],
    ["just under what can be", "19,999.99"],
  ])("%s is refused, told at once, and the next source is asked", async (_name, sell) => {
    feed.answer({ ...xml(sell), "vietcombank-json": jsonQuote("26000.00") });
    const refreshed = await refresh();
    expect(refreshed).toMatchObject({ outcome: "unchanged", source: "vietcombank-json" });
    expect(await alerts()).toEqual(["rate_refused:implausible:vietcombank-xml"]);
    feed.answer(xml("26,000.00"));
    await refresh();
    expect(await alerts()).toEqual([]);
  });

  const days = (count: number) => new Date(Date.now() + count * 24 * HOUR_MS);

  it.each([
    ["an error", 500],
    ["another address", 302],
    ["a page", "<html><body>Access denied</body></html>"],
    ["nothing", ""],
    ["a dash", xmlQuote("-", new Date())],
    ["a rate of last month", xmlQuote("26,100.00", days(-15))],
    ["a rate of next week", xmlQuote("26,100.00", days(7))],
    ["bytes that are no text", (response) => response.end(Buffer.from([0xff, 0xfe, 0x00, 0xd8]))],
    ["more than it should", `${" ".repeat(300_000)}${xmlQuote("26,100.00", new Date())}`],
    ["silence", () => undefined],
    [
      "half an answer",
      (response) => {
        response.writeHead(200, { "content-length": "1000" }).write("<ExrateList>");
      },
    ],
    ["a cut", (response) => response.destroy()],
  ] satisfies readonly (readonly [string, Parameters<RateFeed["answer"]>[0]["vietcombank-xml"]])[])(
    "%s from every source keeps the last rate, and a single time is no news",
    async (_name, reply) => {
      const before = await current();
      const everywhere = {
        "vietcombank-xml": reply,
        "vietcombank-json": reply,
        "open-er-api": reply,
      };
      feed.answer(everywhere);
      const refreshed = await refresh();
      expect(refreshed).toMatchObject({ outcome: "unavailable", rateMilliVnd: null });
      expect(refreshed.problems).toHaveLength(3);
      expect(feed.asked).toEqual(["vietcombank-xml", "vietcombank-json", "open-er-api"]);
      expect(await current()).toEqual(before);
      expect(await alerts()).toEqual([]);
    },
  );

  it("a rate nobody confirms is told once it is 48 hours old, until somebody does", async () => {
    const { sql } = app.database;
    const startsAt = Date.now();
    const at = (hours: number) => new Date(startsAt + hours * HOUR_MS);
    feed.answer({});
    await refresh();
    expect((await answerOf("On the last rate"))?.["rate_id"]).toBe((await current())?.["id"]);
    await setClock(sql, at(47));
    await refresh();
    expect(await alerts()).toEqual([]);
    feed.answer({ "open-er-api": openQuote("26000", at(47)) });
    expect((await refresh()).outcome).toBe("unchanged");
    feed.answer({});
    await setClock(sql, at(94));
    await refresh();
    expect(await alerts()).toEqual([]);
    await setClock(sql, at(96));
    await refresh();
    await refresh();
    expect(await alerts()).toEqual(["rate_stale:age"]);
    const [mails] = await sql`
      select count(*)::int as count from outbox where payload->>'cause' = 'rate_stale:age'`;
    expect(mails?.["count"]).toBe(1);
    feed.answer({ "vietcombank-xml": xmlQuote("26,000.00", at(96)) });
    await refresh();
    expect(await alerts()).toEqual([]);
  });

  it.each(["0", "-26000", "26000000", "26.26", "26000.1234", "NaN", "", "19999.999"])(
    "ops cannot set %j by mistake",
    async (text) => {
      const before = await rates();
      const values = { "vnd-per-usd": text };
      const set = adminVerbs["set-rate"]?.(app.database.db, { values, words: [] });
      await expect(set).rejects.toThrow(/₫/);
      expect(await rates()).toEqual(before);
    },
  );

  it("a rate planned by ops begins when they said, and a fetched one fills the time until then", async () => {
    const { db } = app.database;
    const from = new Date(Date.now() + 60_000);
    const values = { "vnd-per-usd": "27,900.5", from: from.toISOString() };
    const set = await adminVerbs["set-rate"]?.(db, { values, words: [] });
    expect(set).toMatchObject({ vndPerUsd: "27900.5", validFrom: from.toISOString() });
    feed.answer(xml("26,100.00"));
    expect((await refresh()).outcome).toBe("applied");
    const [now, planned] = (await rates()).slice(-2);
    expect(now).toMatchObject({ rate: "26100000", valid_to: from });
    expect(planned).toMatchObject({ rate: "27900500", valid_from: from, valid_to: null });
    await setClock(app.database.sql, new Date(from.getTime() + 1_000));
    expect((await answerOf("Then"))?.["rate_id"]).toBe(planned?.["id"]);
  });
});
