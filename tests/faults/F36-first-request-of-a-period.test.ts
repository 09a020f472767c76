import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { freezeClock } from "../support/test-database.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

const goTo = (iso: string) => freezeClock(app.database.sql, new Date(iso));
const periodsOf = ({ orgId }: Person) => app.database.sql`
  select id, kind, plan_id, starts_at, ends_at, limit_micro_vnd, used_micro_vnd, reserved_micro_vnd,
         closed_at is not null as is_closed
    from budget_periods where org_id = ${orgId} order by starts_at`;

const short = { text: ask({ output: 1 }, "Hi") };

/** Twelve questions and four looks at the page, with the job twice beside them. */
async function rush(person: Person): Promise<number> {
  const asked = Array.from({ length: 12 }, async () => {
    const response = await chat(person, short);
    return (await readAnswer(response)).isDone;
  });
  const looked = Array.from({ length: 4 }, () => trpc(person, "costOptimization.getUsageSummary"));
  const jobs = [rollPeriods(app.database.db), rollPeriods(app.database.db)];
  const [done, looks] = await Promise.all([Promise.all(asked), Promise.all(looked), ...jobs]);
  expect(looks.map((look) => look.status)).toEqual([200, 200, 200, 200]);
  return done.filter(Boolean).length;
}

describe("F36 the first requests of a new period, all at once", () => {
  it("open it once, with the present limit of the free plan, and leave the old one unchanged", async () => {
    await goTo("2027-01-15T05:00:00Z");
    const person = await makePerson(app.database);
    await readAnswer(await chat(person, short));
    const [january] = await periodsOf(person);
    await app.database.sql`
      update plans set budget_micro_vnd = ${vndToMicroVnd(6_000n).toString()} where id = 'free'`;
    await goTo("2027-01-31T17:00:00Z");
    expect(await rush(person)).toBe(12);
    const periods = await periodsOf(person);
    expect(periods).toHaveLength(2);
    expect(periods[0]).toEqual(january);
    expect(periods[1]).toMatchObject({
      starts_at: new Date("2027-01-31T17:00:00Z"),
      ends_at: new Date("2027-02-28T17:00:00Z"),
      limit_micro_vnd: vndToMicroVnd(6_000n).toString(),
      reserved_micro_vnd: "0",
      is_closed: false,
    });
    await goTo("2027-01-31T17:20:00Z");
    await rollPeriods(app.database.db);
    expect(await periodsOf(person)).toEqual([{ ...january, is_closed: true }, periods[1]]);
  });

  it("open the present cycle of a paid plan once, at the price of the plan now", async () => {
    await goTo("2027-03-17T03:00:00Z");
    const person = await makePerson(app.database, { planId: "premium-yearly" });
    await readAnswer(await chat(person, short));
    await goTo("2027-04-17T03:00:00Z");
    expect(await rush(person)).toBe(12);
    const periods = await periodsOf(person);
    expect(periods.map((row) => [row["kind"], row["starts_at"], row["limit_micro_vnd"]])).toEqual([
      ["cycle", new Date("2027-03-17T03:00:00Z"), vndToMicroVnd(82_500n).toString()],
      ["cycle", new Date("2027-04-17T03:00:00Z"), vndToMicroVnd(82_500n).toString()],
    ]);
  });

  it("find the period of the end of an open one gone on their way, and are answered in the next", async () => {
    await goTo("2027-05-31T16:59:59.990Z");
    const person = await makePerson(app.database);
    const half = Array.from({ length: 6 }, () => chat(person, short));
    await goTo("2027-05-31T17:00:00Z");
    const rest = Array.from({ length: 6 }, () => chat(person, short));
    const responses = await Promise.all([...half, ...rest]);
    const answers = await Promise.all(responses.map((response) => readAnswer(response)));
    expect(answers.every((answer) => answer.isDone)).toBe(true);
    const rows = await app.database.sql`
      select l.occurred_at >= p.starts_at and l.occurred_at < p.ends_at as is_inside
        from usage_logs l join budget_periods p on p.id = l.period_id where l.org_id = ${person.orgId}`;
    expect(rows.map((row) => row["is_inside"])).toEqual(Array.from({ length: 12 }, () => true));
  });

  it("keep the member's own count whole when a question of the old period is admitted last", async () => {
    const { sql } = app.database;
    const person = await makePerson(app.database, { planId: "premium-yearly" });
    await goTo("2027-08-10T00:00:00Z");
    await trpc(person, "costOptimization.getUsageSummary");
    const [cycle] = await sql`
      select ends_at from budget_periods where org_id = ${person.orgId} order by starts_at desc limit 1`;
    const endsAt = cycle?.["ends_at"] instanceof Date ? cycle["ends_at"].getTime() : 0;
    const slow = { text: ask({ output: 8, tokensPerChunk: 4, pauseAfter: 1 }, "Hi") };
    const at = (offsetMs: number) => goTo(new Date(endsAt + offsetMs).toISOString());

    await at(1);
    const inNew = await chat(person, slow);
    // Planned a moment before midnight, admitted a moment after the one above.
    await at(-1);
    const inOld = await chat(person, slow);
    await at(2);
    const laterInNew = await chat(person, short);
    await readAnswer(laterInNew);
    app.simulator.release();
    for (const response of [inNew, inOld]) {
      expect(await readAnswer(response)).toMatchObject({ isDone: true });
    }
    const [row] = await sql`
      select m.used_micro_vnd = p.used_micro_vnd as is_whole, m.reserved_micro_vnd as reserved
        from org_members m join budget_periods p on p.id = m.period_id where m.org_id = ${person.orgId}`;
    expect(row).toEqual({ is_whole: true, reserved: "0" });
  });
});
