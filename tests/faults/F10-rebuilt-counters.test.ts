import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { rebuildCounters } from "@/features/ledger/rebuild-counters.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { until } from "../support/until.ts";

let app: AppUnderTest;
let paying: Person;
let free: Person;

beforeAll(async () => {
  app = await startApp();
  [paying, free] = await Promise.all([makeCustomer(app.database), makePerson(app.database)]);
  for (const person of [paying, free]) await readAnswer(await chat(person, {}));
});

afterAll(async () => {
  await app.stop();
});

const word = { actor: "test", reason: "F10", requestId: "test" };
const rebuild = () => rebuildCounters(app.database.db, word);

const heldCount = async () =>
  (await app.database.sql`select 1 from reservations where state = 'held'`).length;

/** Every counter is off; sums that were added instead of set would be off again. */
async function spoilCounters(): Promise<void> {
  const { sql } = app.database;
  await sql`update budget_periods set used_micro_vnd = used_micro_vnd + 77, reserved_micro_vnd = reserved_micro_vnd + 5`;
  await sql`update org_members set used_micro_vnd = used_micro_vnd - 3 where period_id is not null`;
  await sql`update daily_counters set used_micro_vnd = used_micro_vnd + 11, reserved_micro_vnd = reserved_micro_vnd + 2`;
  await sql`update daily_counters set messages = messages + 4 where scope = 'org'`;
}

describe("F10: counters rebuilt while traffic runs, by two at once", () => {
  it("equal the sums of the ledger afterwards, not a multiple", async () => {
    const slowly = { text: ask({ output: 60, tokensPerChunk: 6, delayMsPerChunk: 60 }) };
    const traffic = Array.from({ length: 24 }, async (_, index) =>
      readAnswer(await chat(index % 3 === 0 ? free : paying, slowly)),
    );
    await until(async () => (await heldCount()) > 6);
    const kinds = new Set<string>();
    while ((await heldCount()) > 0) {
      await spoilCounters();
      const runs = await Promise.all([rebuild(), rebuild(), rebuild()]);
      for (const { key } of runs.flat()) kinds.add(key.counter);
    }
    const answers = await Promise.all(traffic);
    expect(answers.every((answer) => answer.isDone)).toBe(true);
    expect(await contradictions(app.database.sql)).toEqual([]);
    expect([...kinds].sort()).toEqual(["day", "member", "period"]);
  });

  it("are set once, whoever else rebuilds, and each change is audited", async () => {
    const { sql } = app.database;
    const audited = () => sql`select 1 from audit_log where action = 'ledger.rebuild_counter'`;
    const before = (await audited()).length;
    await spoilCounters();
    const runs = await Promise.all(Array.from({ length: 6 }, rebuild));
    const counters = await sql`
      select 1 from budget_periods union all select 1 from org_members where period_id is not null
      union all select 1 from daily_counters`;
    expect(runs.flat()).toHaveLength(counters.length);
    expect((await audited()).length - before).toBe(counters.length);
    expect(await contradictions(sql)).toEqual([]);
  });

  it("come back when a counter's row is gone, and are left alone when they are right", async () => {
    const { sql, db } = app.database;
    await sql`delete from daily_counters where scope = 'free_plan'`;
    const run = await adminVerbs["rebuild-counters"]?.(db, {
      values: { reason: "F10" },
      words: [],
    });
    expect(run).toMatchObject({ rebuilt: [{ key: { counter: "day", scope: "free_plan" } }] });
    expect(await contradictions(sql)).toEqual([]);
    expect(await rebuild()).toEqual([]);
  });
});
