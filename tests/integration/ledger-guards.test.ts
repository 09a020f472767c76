import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { calendarMonth, dayOf, monthOf, nextMidnight } from "@/domain/time/vietnam-time.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { freezeClock, setClock } from "../support/test-database.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  await readAnswer(await chat(person, {}));
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  await setBudget(ctx, { amountMicroVnd: vndToMicroVnd(9_000n), actor: "test", reason: "guard" });
});

beforeEach(async () => {
  await setClock(app.database.sql, null);
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** The SQLSTATE a statement fails with, or "done". */
async function tried(statement: string): Promise<string> {
  try {
    await app.database.sql.unsafe(statement);
    return "done";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

const OURS = "PH002";
const CHECK = "23514";
const EXCLUSION = "23P01";

describe("history cannot be changed, whoever owns the tables", () => {
  it.each(["usage_logs", "limit_changes", "budget_overrides", "audit_log", "routing_policies"])(
    "%s is append-only",
    async (table) => {
      const [row] = await app.database.sql.unsafe(`select count(*)::int as rows from ${table}`);
      expect(row?.["rows"]).toBeGreaterThan(0);
      expect(await tried(`update ${table} set created_at = created_at`)).toBe(OURS);
      expect(await tried(`delete from ${table}`)).toBe(OURS);
      expect(await tried(`truncate ${table} cascade`)).toBe(OURS);
    },
  );

  it.each(["provider_calls", "reservations", "model_prices", "exchange_rates"])(
    "%s is never deleted",
    async (table) => {
      expect(await tried(`delete from ${table}`)).toBe(OURS);
      expect(await tried(`truncate ${table} cascade`)).toBe(OURS);
    },
  );

  it("a closed reservation stays as it closed, and what it held stays what it was", async () => {
    for (const state of ["held", "released", "expired", "settled"]) {
      const closed = state === "held" ? "null" : "clock_timestamp()";
      expect(await tried(`update reservations set state = '${state}', closed_at = ${closed}`)).toBe(
        OURS,
      );
    }
    expect(await tried("update reservations set hold_micro_vnd = 0")).toBe(OURS);
  });

  it("an open hold may close once and change nothing else on the way", async () => {
    const fresh = await heldReservation();
    const close = `state = 'released', closed_at = clock_timestamp()`;
    const where = `where id = '${fresh}'`;
    expect(await tried(`update reservations set ${close}, hold_micro_vnd = 0 ${where}`)).toBe(OURS);
    expect(await tried(`update reservations set state = 'released' ${where}`)).toBe(CHECK);
    expect(await tried(`select close_reservation('${fresh}', 'released', 0)`)).toBe("done");
    const [before] = await periodOf(person);
    expect(await tried(`select close_reservation('${fresh}', 'settled', 0)`)).toBe("done");
    expect(await periodOf(person)).toEqual([before]);
    const [row] = await app.database.sql`select state from reservations where id = ${fresh}`;
    expect(row?.["state"]).toBe("released");
  });

  it("a provider call's end is set once and its progress only grows", async () => {
    const update = (change: string) => tried(`update provider_calls set ${change}`);
    expect(await update("outcome = 'failed'")).toBe(OURS);
    expect(await update("output_tokens_seen = output_tokens_seen + 1")).toBe(OURS);
    expect(await update("model_id = 'openai/gpt-5.4'")).toBe(OURS);
    const reservation = await heldReservation();
    const call = `where reservation_id = '${reservation}'`;
    expect(await update(`output_tokens_seen = 5, dispatched_at = now() ${call}`)).toBe("done");
    expect(await update(`output_tokens_seen = 4 ${call}`)).toBe(OURS);
    expect(await update(`dispatched_at = now() + interval '1 s' ${call}`)).toBe(OURS);
    expect(await update(`dispatched_at = null, output_tokens_seen = 0 ${call}`)).toBe(OURS);
    expect(await update(`outcome = 'failed' ${call}`)).toBe(CHECK);
  });

  it("a price changes only in its end, and never overlaps another", async () => {
    expect(await tried("update model_prices set output_pico_usd = 1")).toBe(OURS);
    expect(await tried("update exchange_rates set rate_milli_vnd = 25000000")).toBe(OURS);
    expect(
      await tried(`insert into model_prices select (jsonb_populate_record(null::model_prices, to_jsonb(p) ||
        jsonb_build_object('id', gen_random_uuid(), 'valid_from', now()))).* from model_prices p limit 1`),
    ).toBe(EXCLUSION);
    expect(
      await tried(
        `insert into exchange_rates (rate_milli_vnd, valid_from, source) values (25000000, now(), 'x')`,
      ),
    ).toBe(EXCLUSION);
  });
});

describe("the balance", () => {
  it("has no two periods at one time, no negative hold and no unexplained limit", async () => {
    const copy = `insert into budget_periods (org_id, kind, plan_id, starts_at, ends_at, limit_micro_vnd)
      select org_id, kind, plan_id, ends_at - interval '1 s', ends_at + interval '1 day', 0 from budget_periods`;
    expect(await tried(copy)).toBe(EXCLUSION);
    expect(await tried("update budget_periods set reserved_micro_vnd = -1")).toBe(CHECK);
    expect(await tried("update org_members set reserved_micro_vnd = -1")).toBe(CHECK);
    expect(await tried("update daily_counters set reserved_micro_vnd = -1")).toBe(CHECK);
  });

  it("counts a log once however often it is written", async () => {
    const duplicate = `insert into usage_logs select (jsonb_populate_record(null::usage_logs, to_jsonb(l) ||
      jsonb_build_object('id', gen_random_uuid()))).* from usage_logs l limit 1`;
    expect(await tried(duplicate)).toBe("23505");
    const skewed = duplicate.replace("gen_random_uuid()", "gen_random_uuid(), 'total_tokens', 1");
    expect(await tried(skewed)).toBe(CHECK);
  });
});

describe("the clock of the database and of the domain agree", () => {
  const boundaries = [
    "2026-11-30T16:59:59.999Z",
    "2026-11-30T17:00:00.000Z",
    "2026-12-31T16:59:59.000Z",
    "2026-12-31T17:00:00.000Z",
    "2028-02-29T16:59:59.000Z",
    "2028-02-29T17:00:00.000Z",
    "2027-06-15T03:00:00.000Z",
  ];

  it.each(boundaries)("at %s", async (iso) => {
    const { sql } = app.database;
    await freezeClock(sql, new Date(iso));
    const [row] = await sql`
      select app_now() as now, to_char(app_now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM') as month,
             to_char(app_now() at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') as day,
             date_trunc('month', app_now(), 'Asia/Ho_Chi_Minh') as starts,
             (date_trunc('month', app_now() at time zone 'Asia/Ho_Chi_Minh') + interval '1 month')
               at time zone 'Asia/Ho_Chi_Minh' as ends,
             date_trunc('day', app_now(), 'Asia/Ho_Chi_Minh') + interval '1 day' as midnight`;
    const instant = new Date(iso);
    const { startsAt, endsAt } = calendarMonth(instant);
    expect(row).toEqual({
      now: instant,
      month: monthOf(instant),
      day: dayOf(instant),
      starts: startsAt,
      ends: endsAt,
      midnight: nextMidnight(instant),
    });
  });

  it("a second before and at the turn of the month two periods and two months are booked", async () => {
    const { database } = app;
    await freezeClock(database.sql, new Date("2026-12-31T16:59:59Z"));
    const free = await makePerson(database);
    await readAnswer(await chat(free, { text: ask({ output: 3 }, "Hi") }));
    await freezeClock(database.sql, new Date("2026-12-31T17:00:00Z"));
    await readAnswer(await chat(free, { text: ask({ output: 3 }, "Hi") }));
    const months = await database.sql`
      select month, total_queries from monthly_usage_summary where user_id = ${free.userId} order by 1`;
    expect(months).toEqual([
      { month: "2026-12", total_queries: 1 },
      { month: "2027-01", total_queries: 1 },
    ]);
    const periods = await database.sql`
      select starts_at, ends_at, used_micro_vnd > 0 as is_used from budget_periods
       where org_id = ${free.orgId} order by starts_at`;
    expect(periods).toEqual([
      {
        starts_at: new Date("2026-11-30T17:00:00Z"),
        ends_at: new Date("2026-12-31T17:00:00Z"),
        is_used: true,
      },
      {
        starts_at: new Date("2026-12-31T17:00:00Z"),
        ends_at: new Date("2027-01-31T17:00:00Z"),
        is_used: true,
      },
    ]);
    const days = await database.sql`
      select day::text, messages from daily_counters where subject_id = ${free.orgId} order by 1`;
    expect(days).toEqual([
      { day: "2026-12-31", messages: 1 },
      { day: "2027-01-01", messages: 1 },
    ]);
    const summary = await trpc(free, "costOptimization.getUsageSummary");
    expect(summary.data).toMatchObject({ month: { month: "2027-01", totalQueries: 1 } });
  });
});

function periodOf(owner: Person) {
  return app.database.sql`select * from budget_periods where org_id = ${owner.orgId}`;
}

/** A hold as `reserve_call` makes it, of nothing and for nobody's turn. */
async function heldReservation(): Promise<string> {
  const [period] = await periodOf(person);
  const [price] = await app.database.sql`select id, model_id from model_prices limit 1`;
  const [rate] = await app.database.sql`select id, app_now() as now from exchange_rates limit 1`;
  const parameters = {
    ...{
      orgId: person.orgId,
      userId: person.userId,
      periodId: period?.["id"],
      turnId: null,
    },
    ...{ purpose: "chat", holdMicroVnd: "7", memberLimitMicroVnd: null, counters: [] },
    ...{ day: dayOf(rate?.["now"] as Date), now: rate?.["now"], expiresAt: "2030-01-01T00:00:00Z" },
    ...{ modelId: price?.["model_id"], priceId: price?.["id"], rateId: rate?.["id"] },
    inputTokensEstimated: 1,
  };
  const [row] = await app.database.sql`
    select reserve_call(null, ${JSON.stringify(parameters)}::text::jsonb)->>'reservationId' as id`;
  return String(row?.["id"]);
}
