import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { checkInvariants } from "@/features/ledger/check-invariants.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { getSubscription } from "@/features/plans/get-subscription.ts";
import { payForPlan, refundPlan, shownPeriodOf, type PaidOrder } from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { createTestDatabase, freezeClock, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const at = (iso: string) => new Date(iso);
const goTo = (iso: string) => freezeClock(database.sql, at(iso));
const vnd = (amount: bigint) => vndToMicroVnd(amount);
const ctxOf = ({ email }: Person) => findOwner(database.db, { email, requestId: "test" });

const periodOf = (person: Person) => shownPeriodOf(database, person);

const chainsOf = async ({ orgId }: Person) =>
  database.sql`
    select state, paid_until,
           (select count(*)::int from subscription_cycles c
             where c.subscription_id = s.id and c.reversed_at is null) as cycles
      from subscriptions s where org_id = ${orgId} order by coalesce(starts_at, anchor_at)`;

/** A customer of the 31st whose third cycle is [28 February, 31 March), on 28 February two hours in. */
async function inTheShortMonth(): Promise<{ person: Person; orders: readonly PaidOrder[] }> {
  await goTo("2026-12-31T05:00:00Z");
  const person = await makePerson(database);
  const orders = [
    await payForPlan(database, person, { planId: "starter", starts: "now" }),
    await payForPlan(database, person, { planId: "starter", starts: "period_end" }),
    await payForPlan(database, person, { planId: "starter", starts: "period_end" }),
  ];
  await goTo("2027-02-28T05:00:00Z");
  expect((await periodOf(person))[2]).toBe("2027-03-31T05:00");
  await goTo("2027-02-28T07:00:00Z");
  return { person, orders };
}

/** A plan bought for now, and two hours later another, with a cycle behind the first. */
async function buyTwice(person: Person): Promise<{ readonly first: PaidOrder }> {
  const first = await payForPlan(database, person, { planId: "premium", starts: "now" });
  await payForPlan(database, person, { planId: "starter", starts: "period_end" });
  await goTo("2027-02-28T09:00:00Z");
  await payForPlan(database, person, { planId: "ultimate", starts: "now" });
  return { first };
}

describe("a renewal for now on the last day of a short month", () => {
  it("ends no sooner than what it cuts, where its month counted anew would", async () => {
    const { person } = await inTheShortMonth();
    const bought = await payForPlan(database, person, { planId: "premium", starts: "now" });
    expect(bought.startsAt).toEqual(at("2027-02-28T07:00:00Z"));
    expect(await periodOf(person)).toEqual([
      ...["premium", "2027-02-28T07:00", "2027-03-31T05:00"],
      vnd(99_000n + 29_000n),
    ]);
    expect(await chainsOf(person)).toMatchObject([
      { state: "ended", paid_until: at("2027-03-31T05:00:00Z"), cycles: 3 },
      { state: "active", paid_until: at("2027-03-31T05:00:00Z"), cycles: 1 },
    ]);
    expect(await getSubscription(await ctxOf(person))).toMatchObject({ cyclesLeft: 0 });
    expect(await checkInvariants(database.db)).toEqual([]);
  });

  it("may be cut again, and what was bought behind it keeps the day of the old anchor", async () => {
    const { person } = await inTheShortMonth();
    await buyTwice(person);
    expect(await periodOf(person)).toEqual([
      ...["ultimate", "2027-02-28T09:00", "2027-03-31T05:00"],
      vnd(289_000n + 99_000n + 29_000n),
    ]);
    expect(await chainsOf(person)).toMatchObject([
      { state: "ended", paid_until: at("2027-03-31T05:00:00Z"), cycles: 3 },
      { state: "ended", paid_until: at("2027-03-31T05:00:00Z"), cycles: 1 },
      { state: "active", paid_until: at("2027-04-30T05:00:00Z"), cycles: 2 },
    ]);
    expect(await checkInvariants(database.db)).toEqual([]);
    await goTo("2027-03-31T05:00:00Z");
    // What was carried lives on; the cycle's own budget ended with it.
    expect(await periodOf(person)).toEqual([
      ...["starter", "2027-03-31T05:00", "2027-04-30T05:00"],
      vnd(29_000n + 99_000n + 29_000n),
    ]);
    expect(await checkInvariants(database.db)).toEqual([]);
  });

  it("carries the rest of a larger plan into a smaller one", async () => {
    const { person } = await inTheShortMonth();
    await payForPlan(database, person, { planId: "ultimate", starts: "now" });
    await goTo("2027-02-28T09:00:00Z");
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    expect((await periodOf(person))[3]).toBe(vnd(29_000n + 289_000n + 29_000n));
    expect(await checkInvariants(database.db)).toEqual([]);
  });

  it.each([
    ["what it cut", "third", 289_000n + 99_000n],
    ["what cut that", "first", 289_000n + 29_000n],
  ] as const)("refunded takes back its own money alone: %s", async (_name, which, left) => {
    const { person, orders } = await inTheShortMonth();
    const { first } = await buyTwice(person);
    const order = which === "first" ? first : orders[2];
    if (order === undefined) throw new Error("three orders were paid");
    await refundPlan(database, person, order);
    expect((await periodOf(person))[3]).toBe(vnd(left));
    expect(await checkInvariants(database.db)).toEqual([]);
  });

  it("refunded while it runs, the free plan follows", async () => {
    const { person } = await inTheShortMonth();
    const bought = await payForPlan(database, person, { planId: "premium", starts: "now" });
    await goTo("2027-02-28T08:00:00Z");
    await refundPlan(database, person, bought);
    expect((await periodOf(person)).slice(0, 3)).toEqual([
      ...["free", "2027-02-28T08:00", "2027-02-28T17:00"],
    ]);
    expect(await checkInvariants(database.db)).toEqual([]);
  });
});

describe("months after an instant", () => {
  it("are the same in the database and in the code", async () => {
    const anchors = Array.from({ length: 800 }, (_, index) =>
      new Date(Date.UTC(2027, 0, 1) + index * 47_123_456).toISOString(),
    );
    const rows = await database.sql<{ anchor: Date; months: number; after: Date }[]>`
      select a.anchor, m.months, add_months(a.anchor, m.months) as after
        from unnest(${anchors}::timestamptz[]) a(anchor), generate_series(0, 13) m(months)`;
    expect(rows).toHaveLength(800 * 14);
    for (const { anchor, months, after } of rows) expect(after).toEqual(addMonths(anchor, months));
  });
});
