import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { makePerson } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { walkInProcess, type Walk, type Walked } from "../support/clock-walk.ts";
import { readAnswer } from "../support/read-answer.ts";
import { freezeClock } from "../support/test-database.ts";

const TEN_MINUTES_MS = 10 * 60_000;
const SHIFTS_MS = [TEN_MINUTES_MS, -TEN_MINUTES_MS] as const;

/** Within ten minutes of the ends of a month, of a day and of a paid cycle. */
const walk: Walk = {
  people: [
    { name: "free", from: "2026-11-29T16:55:00.000Z", planId: null },
    { name: "paid", from: "2026-11-30T03:00:00.000Z", planId: "starter" },
  ],
  steps: [
    { who: "free", at: "2026-11-29T16:55:00.000Z" },
    { who: "free", at: "2026-11-29T17:05:00.000Z" },
    { who: "free", at: "2026-11-30T16:55:00.000Z" },
    { who: "free", at: "2026-11-30T17:05:00.000Z" },
    { who: "paid", at: "2026-11-30T03:00:00.000Z" },
    { who: "paid", at: "2026-12-30T02:55:00.000Z" },
    { who: "paid", at: "2026-12-30T03:05:00.000Z" },
  ],
};

let walks: readonly Walked[];
let app: AppUnderTest;

beforeAll(async () => {
  [walks, app] = await Promise.all([
    Promise.all(
      SHIFTS_MS.map((shift) => walkInProcess(walk, { PHO_TEST_DATE_SHIFT_MS: String(shift) })),
    ),
    startApp(),
  ]);
});

afterAll(() => app.stop());

describe("F39 an instance whose clock is ten minutes off", () => {
  it("admits into the periods, months and days of the database's clock", () => {
    expect(walks.map((one) => `${Math.round(one.dateAheadMs / 60_000)} min`)).toEqual([
      ...["10 min", "-10 min"],
    ]);
    const [first, ...others] = walks.map(({ periods, months, days, shown }) => ({
      ...{ periods, months, days, shown },
    }));
    expect(first?.days).toMatchObject({
      free: { "2026-11-29": 1, "2026-11-30": 2, "2026-12-01": 1 },
      paid: { "2026-11-30": 1, "2026-12-30": 2 },
    });
    expect(first?.periods["paid"]?.map(({ kind }) => kind)).toEqual(["cycle", "calendar"]);
    for (const other of others) expect(other).toEqual(first);
  });

  it("gives every hold its twelve minutes by the database's clock, and no duration is negative", () => {
    for (const { holdMinutes, durations } of walks) {
      expect(holdMinutes).toEqual([12]);
      expect(durations.least).toBeGreaterThanOrEqual(0);
    }
  });

  it("answers in the month before when the database's clock steps back over its end", async () => {
    const { sql, db } = app.database;
    await freezeClock(sql, new Date("2026-11-30T16:50:00Z"));
    const person = await makePerson(app.database);
    const answer = () => chat(person, { text: "Hi" }).then((response) => readAnswer(response));
    expect((await answer()).isDone).toBe(true);
    await freezeClock(sql, new Date("2026-11-30T17:04:00Z"));
    expect((await answer()).isDone).toBe(true);
    await rollPeriods(db);
    await freezeClock(sql, new Date("2026-11-30T16:54:00Z"));
    expect((await answer()).isDone).toBe(true);
    expect(await rollPeriods(db)).toMatchObject({ opened: 0 });
    const { data } = await trpc(person, "costOptimization.getUsageSummary");
    expect(data).toMatchObject({
      period: { endsAt: "2026-11-30T17:00:00.000Z" },
      month: { month: "2026-11", totalQueries: 2 },
      messagesToday: { count: 2 },
    });
    const rows = await sql`
      select starts_at, (select count(*)::int from usage_logs l where l.period_id = p.id) as logs
        from budget_periods p where org_id = ${person.orgId} order by starts_at`;
    expect(rows.map((row) => row["logs"])).toEqual([2, 1]);
  });
});
