import { afterAll, beforeAll, expect, it } from "vitest";
import { readyDoor } from "@/api/doors/health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { until } from "../support/until.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { startDatabaseProxy, type DatabaseProxy } from "../support/database-proxy.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;
let proxy: DatabaseProxy;
let people: readonly Person[];

beforeAll(async () => {
  proxy = await startDatabaseProxy();
  app = await startApp({ databaseUrl: proxy.url });
  people = [
    await makeCustomer(app.database, { locale: "vi" }),
    await makeCustomer(app.database, { locale: "en" }),
  ];
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
  await proxy.close();
});

it("while the database is down nothing is called, and it is said with a time to come back", async () => {
  for (const person of people) await readAnswer(await chat(person, {}));
  expect((await readyDoor()).status).toBe(200);
  app.simulator.reset();
  await proxy.cut();
  const sentences = [];
  for (const language of ["vi", "en"]) {
    const headers = { "accept-language": language };
    const refusal = await readRefusal(await chat(people[0] ?? null, {}, { headers }));
    expect(refusal).toMatchObject({ status: 503, code: "database_unavailable" });
    expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
    sentences.push(refusal.error.message);
    expect(JSON.stringify(refusal)).not.toMatch(/ECONN|postgres|127\.0\.0\.1|\.ts:/);
  }
  expect(sentences[0]).toContain("không bị trừ tiền");
  expect(sentences[1]).toContain("nothing was charged");
  const summary = await trpc(people[0] ?? null, "costOptimization.getUsageSummary");
  expect(summary).toMatchObject({ status: 503, code: "database_unavailable" });
  expect((await readyDoor()).status).toBe(503);
  expect(app.simulator.calls).toEqual([]);
  await proxy.mend();
  expect((await readAnswer(await chat(people[0] ?? null, {}))).isDone).toBe(true);
  expect(await contradictions(app.database.sql)).toEqual([]);
});

it("a database lost between the question and its reservation stops the call", async () => {
  app.simulator.reset();
  const [, person = null] = people;
  const response = await app.database.sql.begin(async (sql) => {
    await sql`select 1 from budget_periods where org_id = ${person?.orgId ?? ""} for update`;
    const asked = chat(person, {});
    await untilSomebodyWaits();
    await proxy.cut();
    return asked;
  });
  expect(await readRefusal(response)).toMatchObject({ status: 503, code: "database_unavailable" });
  expect(app.simulator.calls).toEqual([]);
  await proxy.mend();
});

it("a database lost while the answer streams: the answer comes, the reader is told, one booking follows", async () => {
  app.simulator.reset();
  const person = await makeCustomer(app.database, { locale: "en" });
  const text = ask({ output: 12, tokensPerChunk: 4, pauseAfter: 2 });
  const response = await chat(person, { model: "openai/gpt-5.4-mini", text });
  await app.simulator.until(([call]) => call?.textSent.length === 32);
  await proxy.cut();
  app.simulator.release();
  const answer = await readAnswer(response);
  expect(answer.isDone).toBe(false);
  expect(answer.text).toBe(app.simulator.calls[0]?.textSent);
  expect(answer.error?.code).toBe("database_unavailable");
  expect(answer.error?.message).toContain("no need to send it again");
  await proxy.mend();
  const rows = await until(async () => {
    const found = await app.database.sql`
      select r.state, c.outcome, l.source, l.output_tokens from reservations r
        join provider_calls c on c.reservation_id = r.id left join usage_logs l on l.provider_call_id = c.id
       where r.user_id = ${person.userId} and r.state <> 'held'`;
    return found.length > 0 ? found : null;
  });
  expect([...rows]).toEqual([
    { state: "settled", outcome: "complete", source: "reported", output_tokens: 12 },
  ]);
  expect(await contradictions(app.database.sql)).toEqual([]);
});

it("a mark of dispatch whose answer is lost: nothing is sent, and the books agree whether it was made", async () => {
  app.simulator.reset();
  const { sql } = app.database;
  const person = await makeCustomer(app.database, { locale: "en" });
  await sql.unsafe(`create function hold_mark() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock(7); return new; end'`);
  await sql`create trigger hold_mark before update of dispatched_at on provider_calls
    for each row when (old.dispatched_at is null) execute function hold_mark()`;
  const asked = await sql.begin(async (holder) => {
    await holder`select pg_advisory_xact_lock(7)`;
    const asking = chat(person, {});
    await untilSomebodyWaits();
    await proxy.cut();
    return { asking };
  });
  await until(async () => {
    const [call] = await sql`select dispatched_at from provider_calls
      where reservation_id in (select id from reservations where user_id = ${person.userId})`;
    return call?.["dispatched_at"] instanceof Date;
  });
  await sql`drop trigger hold_mark on provider_calls`;
  // As an answer of its own or, when the wait was long, within the stream.
  expect(await (await asked.asking).text()).toContain("database_unavailable");
  await proxy.mend();
  const rows = await until(async () => {
    const found = await sql`
      select r.state, c.outcome, l.source, l.cost_micro_vnd::text as cost from reservations r
        join provider_calls c on c.reservation_id = r.id left join usage_logs l on l.provider_call_id = c.id
       where r.user_id = ${person.userId} and r.state <> 'held'`;
    return found.length > 0 ? found : null;
  });
  expect([...rows]).toEqual([
    { state: "settled", outcome: "not_sent", source: "reported", cost: "0" },
  ]);
  expect(app.simulator.calls).toEqual([]);
  expect(await contradictions(sql)).toEqual([]);
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const rows = await app.database.sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (rows.length > 0) return;
  }
}
