import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { consultOracle, markedQuestion } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database, { locale: "en" });
  await readAnswer(await chat(person, question()));
});

beforeEach(() => {
  app.simulator.reset();
});

afterEach(async () => {
  await app.database.sql.unsafe(`
    drop trigger if exists conflict_of_test on reservations;
    drop trigger if exists conflict_of_test on usage_logs;
    drop sequence if exists conflicts_of_test;`);
});

afterAll(async () => {
  await untilQuiet(app.database.sql);
  expect((await consultOracle(app.database.sql, app.simulator.everyCall)).faults).toEqual([]);
  await app.stop();
});

const question = () => ({ ...markedQuestion({ output: 8 }), model: MODEL });

/**
 * The first `times` writes to the table fail as PostgreSQL fails them in a conflict. A sequence
 * counts, since it does not roll back.
 */
async function conflictOn(table: string, code: string, times: number): Promise<void> {
  await app.database.sql.unsafe(`
    create sequence conflicts_of_test;
    create or replace function conflict_of_test() returns trigger language plpgsql as $$
    begin
      if nextval('conflicts_of_test') <= ${times} then
        raise exception 'conflict of the test' using errcode = '${code}';
      end if;
      return new;
    end $$;
    create trigger conflict_of_test before insert on ${table}
      for each row execute function conflict_of_test();`);
}

async function tries(): Promise<number> {
  const [row] = await app.database.sql`select last_value::int as tries from conflicts_of_test`;
  return Number(row?.["tries"]);
}

async function heldNow() {
  const [row] = await app.database.sql`
    select p.reserved_micro_vnd::text as period, m.reserved_micro_vnd::text as member,
           (select coalesce(sum(reserved_micro_vnd), 0)::text from daily_counters
             where subject_id like ${`${person.orgId}%`}) as days,
           (select count(*)::int from reservations where org_id = ${person.orgId} and state = 'held') as holds
      from budget_periods p join org_members m on m.org_id = p.org_id where p.org_id = ${person.orgId}`;
  return row;
}

const nothingHeld = { period: "0", member: "0", days: "0", holds: 0 };

async function countsOf(turnId: string) {
  const [row] = await app.database.sql`
    select (select count(*) from usage_logs where turn_id = ${turnId})::int as logs,
           (select count(*) from reservations where turn_id = ${turnId})::int as holds`;
  return row;
}

describe.each(["40001", "40P01"])("F08 a conflict (%s)", (code) => {
  it("of the reservation is repeated and leaves one hold", async () => {
    await conflictOn("reservations", code, 2);
    const body = question();
    expect((await readAnswer(await chat(person, body))).receipt?.state).toBe("complete");
    expect(await tries()).toBe(3);
    expect(await countsOf(body.messageId)).toEqual({ logs: 1, holds: 1 });
    expect(app.simulator.calls).toHaveLength(1);
  });

  it("of the settlement is repeated and books once", async () => {
    await conflictOn("usage_logs", code, 2);
    const body = question();
    expect((await readAnswer(await chat(person, body))).receipt?.state).toBe("complete");
    expect(await tries()).toBe(3);
    expect(await countsOf(body.messageId)).toEqual({ logs: 1, holds: 1 });
    expect(await heldNow()).toEqual(nothingHeld);
  });

  it("that never ends is refused cleanly after a bounded number of tries", async () => {
    await conflictOn("reservations", code, 1_000_000);
    const body = question();
    const refusal = await readRefusal(await chat(person, body));
    expect(refusal).toMatchObject({ status: 503, code: "overloaded" });
    expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
    expect(await tries()).toBeLessThanOrEqual(10);
    expect(app.simulator.calls).toEqual([]);
    expect(await heldNow()).toEqual(nothingHeld);
    expect(await countsOf(body.messageId)).toEqual({ logs: 0, holds: 0 });
  });
});

describe("F08 a deadlock", () => {
  it("with somebody who locks the other way round ends in one answer, booked once", async () => {
    const { sql } = app.database;
    const body = question();
    const asked = await sql.begin(async (tx) => {
      // Only the other side looks for deadlocks in time, so it is the one that gives way.
      await tx`set local deadlock_timeout = '1min'`;
      await tx`select 1 from org_members where org_id = ${person.orgId} for update`;
      const answered = chat(person, body);
      await untilPeriodIsLocked();
      await tx`select 1 from budget_periods where org_id = ${person.orgId} for update`;
      return { answered };
    });
    expect((await readAnswer(await asked.answered)).receipt?.state).toBe("complete");
    expect(await countsOf(body.messageId)).toEqual({ logs: 1, holds: 1 });
    expect(await heldNow()).toEqual(nothingHeld);
    expect(app.simulator.calls).toHaveLength(1);
    expect(await deadlocks()).toBeGreaterThan(0);
  });
});

/** The admission has the period and waits for the member. */
async function untilPeriodIsLocked(): Promise<void> {
  await until(async () => {
    const [row] = await app.database.sql`
      select count(*)::int as waiting from pg_stat_activity
       where wait_event_type = 'Lock' and datname = current_database() and query like '%reserve_call%'`;
    return row?.["waiting"] === 1;
  });
}

async function deadlocks(): Promise<number> {
  return until(async () => {
    const [row] = await app.database.sql`
      select deadlocks::int as count from pg_stat_database where datname = current_database()`;
    return Number(row?.["count"]) > 0 ? Number(row?.["count"]) : null;
  });
}
