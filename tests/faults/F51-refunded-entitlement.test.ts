import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openHolds, sendCalls } from "../factories/open-holds.ts";
import { payForPlan, payForTopUp, refundPlan, type PaidOrder } from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import {
  createTestDatabase,
  freezeClock,
  setClock,
  type TestDatabase,
} from "../support/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const at = (iso: string) => new Date(iso);
const goTo = (iso: string) => freezeClock(database.sql, at(iso));
const vnd = (amount: bigint) => vndToMicroVnd(amount);

async function shown(person: Person) {
  const ctx = await findOwner(database.db, { email: person.email, requestId: "test" });
  const { planId, period } = await getUsageSummary(ctx);
  return { planId, endsAt: period.endsAt, limit: BigInt(period.limitMicroVnd) };
}

/** What finance's refund of an order does to the entitlement. */
async function refund(person: Person, order: PaidOrder): Promise<void> {
  const reverse = () => refundPlan(database, person, order);
  await Promise.all([reverse(), reverse()]);
  await reverse();
}

const paidUntil = async ({ orgId }: Person) => {
  const rows = await database.sql`
    select paid_until from subscriptions where org_id = ${orgId} and state <> 'ended'`;
  return rows.map((row) => row["paid_until"]);
};

describe("F51 a refunded plan order", () => {
  it("whose cycle runs ends now: what was used stays, the rest is taken back, the free plan follows", async () => {
    await setClock(database.sql, null);
    const person = await makePerson(database);
    const paid = await payForPlan(database, person, { planId: "starter", starts: "now" });
    await payForTopUp(database, person, vnd(10_000n));
    const holds = await openHolds(database, person, { count: 4, holdMicroVnd: vnd(1_000n) });
    await sendCalls(database, holds ?? []);
    await refund(person, paid);
    expect(await paidUntil(person)).toEqual([]);
    // The top-up was not refunded: it moves on whole.
    expect(await shown(person)).toMatchObject({ planId: "free", limit: vnd(15_000n) });
    const [cut] = await database.sql`
      select limit_micro_vnd::text as limit from budget_periods where org_id = ${person.orgId} and kind = 'cycle'`;
    expect(cut?.["limit"]).toBe(vnd(4_000n).toString());

    // Answers that ran settle where they began; what they did not use was refunded, too.
    await expireReservations(database.db);
    await rollPeriods(database.db);
    expect(await shown(person)).toMatchObject({ limit: vnd(15_000n) });
    const [used] = await database.sql`
      select p.used_micro_vnd > 0 as is_kept, p.used_micro_vnd = sum(l.cost_micro_vnd) as is_logged
        from budget_periods p join usage_logs l on l.period_id = p.id
       where p.org_id = ${person.orgId} and p.kind = 'cycle' group by p.id`;
    expect(used).toEqual({ is_kept: true, is_logged: true });
  });

  it("whose cycles have not begun loses them, and those behind close up", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const order = { planId: "starter", starts: "period_end" } as const;
    await payForPlan(database, person, order);
    const middle = await payForPlan(database, person, order);
    await payForPlan(database, person, { ...order, planId: "premium" });
    expect(await paidUntil(person)).toEqual([at("2027-06-10T05:00:00Z")]);
    const before = await shown(person);
    await refund(person, middle);
    expect(await paidUntil(person)).toEqual([at("2027-05-10T05:00:00Z")]);
    expect(await shown(person)).toEqual(before);
    await goTo("2027-04-10T05:00:00Z");
    expect(await shown(person)).toMatchObject({ planId: "premium", limit: vnd(99_000n) });
  });

  it("whose cycle runs gives way at once to what other orders paid for", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const yearly = await payForPlan(database, person, { planId: "starter-yearly", starts: "now" });
    await payForPlan(database, person, { planId: "premium", starts: "period_end" });
    await goTo("2027-05-20T05:00:00Z");
    await shown(person);
    await refund(person, yearly);
    expect(await shown(person)).toEqual({
      planId: "premium",
      endsAt: "2027-06-20T05:00:00.000Z",
      limit: vnd(99_000n),
    });
    expect(await paidUntil(person)).toEqual([at("2027-06-20T05:00:00Z")]);
  });

  it("that a newer one had cut loses what was carried over of it and is unspent", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const first = await payForPlan(database, person, { planId: "starter", starts: "now" });
    await goTo("2027-03-11T05:00:00Z");
    await payForPlan(database, person, { planId: "premium", starts: "now" });
    expect(await shown(person)).toMatchObject({ planId: "premium", limit: vnd(128_000n) });
    await refund(person, first);
    expect(await shown(person)).toMatchObject({ planId: "premium", limit: vnd(99_000n) });
  });

  it("leaves an audit row of who took it back and why", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    await refund(person, await payForPlan(database, person, { planId: "starter", starts: "now" }));
    const rows = await database.sql`
      select actor, reason from audit_log
       where subject = ${`org:${person.orgId}`} and action = 'subscription.reverse'`;
    expect(rows).toEqual([{ actor: "finance-1", reason: "the customer's wish" }]);
  });
});
