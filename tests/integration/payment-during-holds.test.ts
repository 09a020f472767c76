import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { openHolds, releaseHolds, sendCalls } from "../factories/open-holds.ts";
import { payForPlan, payForTopUp } from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const ROUNDS = process.env["PHO_LONG"] === "1" ? 200 : 40;
const HOLDS = 20;
const holdMicroVnd = vndToMicroVnd(300n);
const topUpMicroVnd = vndToMicroVnd(20_000n);

const sums = async ({ orgId }: Person) => {
  const [row] = await database.sql`
    select sum(limit_micro_vnd)::text as limits, sum(used_micro_vnd)::text as used, min(reserved_micro_vnd)::text as least,
           sum(reserved_micro_vnd)::text as reserved,
           (sum(limit_micro_vnd) filter (where closed_at is not null)
              - sum(used_micro_vnd) filter (where closed_at is not null))::text as left_behind
      from budget_periods where org_id = ${orgId}`;
  const of = (name: string) => BigInt(String(row?.[name] ?? "0"));
  return {
    limits: of("limits"),
    used: of("used"),
    least: of("least"),
    reserved: of("reserved"),
    leftBehind: of("left_behind"),
  };
};

/** Twenty calls under way; half of them end while the payment is applied, others begin. */
async function round(person: Person, pay: () => Promise<unknown>): Promise<void> {
  const holds = await openHolds(database, person, { count: HOLDS, holdMicroVnd });
  if (holds === null) throw new Error("the period would not have the holds");
  await sendCalls(database, holds.slice(0, 4));
  await Promise.all([
    pay(),
    releaseHolds(database, holds.slice(10)),
    expireReservations(database.db),
    openHolds(database, person, { count: 1, holdMicroVnd }),
    openHolds(database, person, { count: 2, holdMicroVnd }),
  ]);
  await expireReservations(database.db);
}

describe("a payment while twenty calls are under way", () => {
  it("makes nothing free and loses nothing, round after round: old and new period add up", async () => {
    const person = await makePerson(database);
    const cycle = vndToMicroVnd(29_000n);
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    // The free month that was cut is not among what was paid for.
    const first = await sums(person);
    const free = first.limits - cycle;
    let paid = cycle;
    for (let count = 1; count <= ROUNDS; count += 1) {
      const isPlan = count % 2 === 1;
      await round(person, () =>
        isPlan
          ? payForPlan(database, person, { planId: "starter", starts: "now" })
          : payForTopUp(database, person, topUpMicroVnd),
      );
      paid += isPlan ? cycle : topUpMicroVnd;
      const now = await sums(person);
      expect(now.limits - free).toBe(paid);
      expect(now.least >= 0n && now.reserved === 0n).toBe(true);
    }
    await rollPeriods(database.db);
    const end = await sums(person);
    expect(end.used).toBeGreaterThan(0n);
    // Nothing that was paid for lies in a period that is over; the free month's own budget does.
    expect(end.leftBehind).toBe(free);
    const [running] = await database.sql`
      select (limit_micro_vnd - used_micro_vnd)::text as remaining from budget_periods
       where org_id = ${person.orgId} and closed_at is null`;
    expect(BigInt(String(running?.["remaining"]))).toBe(paid - end.used);
    const [logged] = await database.sql`
      select sum(cost_micro_vnd)::text as cost from usage_logs where org_id = ${person.orgId}`;
    expect(BigInt(String(logged?.["cost"]))).toBe(end.used);
  }, 180_000);

  it("cuts the period after a call that was admitted while the payment waited for its turn", async () => {
    const { sql, db } = database;
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    const gate = new EventEmitter();
    const locked = once(gate, "locked");
    const other = sql.begin(async (tx) => {
      await tx`select 1 from orgs where id = ${person.orgId} for no key update`;
      const opened = once(gate, "open");
      gate.emit("locked");
      await opened;
    });
    await locked;
    const paying = payForPlan(database, person, { planId: "premium", starts: "now" });
    await until(async () => {
      const waiting = await sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.length > 0;
    });
    const holds = await openHolds(database, person, { count: 1, holdMicroVnd });
    await sendCalls(database, holds ?? []);
    gate.emit("open");
    await Promise.all([other, paying]);
    await expireReservations(db);
    const rows = await sql`
      select p.plan_id, l.occurred_at >= p.starts_at and l.occurred_at < p.ends_at as is_inside
        from usage_logs l join budget_periods p on p.id = l.period_id where l.org_id = ${person.orgId}`;
    expect(rows).toEqual([{ plan_id: "starter", is_inside: true }]);
  });
});
