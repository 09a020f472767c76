import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { addGrant } from "@/features/budgets/add-grant.ts";
import { overrideBudget } from "@/features/budgets/override-budget.ts";
import { reverseGrant } from "@/features/budgets/reverse-grant.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { applyPlanOrder } from "@/features/plans/apply-plan-order.ts";
import { remindRenewals } from "@/features/plans/remind-renewals.ts";
import { openHolds, releaseHolds } from "../factories/open-holds.ts";
import {
  inTransactionOf,
  payForPlan,
  payForTopUp,
  shownPeriodOf,
  snapshotOf,
} from "../factories/paid-orders.ts";
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
    select state, anchor_at, paid_until, ended_at,
           (select count(*)::int from subscription_cycles c where c.subscription_id = s.id and c.reversed_at is null) as cycles
      from subscriptions s where org_id = ${orgId} order by coalesce(starts_at, anchor_at)`;

const use = (person: Person, amountVnd: bigint) => database.sql`
  update budget_periods set reserved_micro_vnd = ${vnd(amountVnd).toString()}
   where org_id = ${person.orgId} and closed_at is null`;

describe("a yearly plan bought on the 31st", () => {
  it("walks through twelve cycles with the dates of its anchor and a twelfth of the price each", async () => {
    await goTo("2027-01-31T05:00:00Z");
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "starter-yearly", starts: "now" });
    const ends = [
      ...["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31"],
      ...["2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31"],
    ];
    let startsAt = "2027-01-31T05:00";
    for (const end of ends) {
      const endsAt = `${end}T05:00`;
      const cycle = ["starter-yearly", startsAt, endsAt, 24_166_666_666n];
      await goTo(`${startsAt}:00Z`);
      expect(await periodOf(person)).toEqual(cycle);
      await goTo(new Date(at(`${endsAt}:00Z`).getTime() - 1).toISOString());
      expect(await periodOf(person)).toEqual(cycle);
      startsAt = endsAt;
    }
    await goTo("2028-01-31T05:00:00Z");
    expect(await periodOf(person)).toEqual([
      ...["free", "2028-01-31T05:00", "2028-01-31T17:00"],
      vnd(5_000n),
    ]);
  });
});

describe("a lapse and a return", () => {
  it("begin a new chain at the payment, with the free days between them in the free plan", async () => {
    await goTo("2027-03-17T03:00:00Z");
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    await goTo("2027-04-20T00:00:00Z");
    expect((await periodOf(person)).slice(0, 2)).toEqual(["free", "2027-04-17T03:00"]);
    // Chosen while the chain ran, paid after it lapsed.
    const { startsAt } = await payForPlan(database, person, {
      planId: "premium",
      starts: "period_end",
    });
    expect(startsAt).toEqual(at("2027-04-20T00:00:00Z"));
    expect(await periodOf(person)).toEqual([
      ...["premium", "2027-04-20T00:00", "2027-05-20T00:00"],
      vnd(99_000n),
    ]);
    expect(await chainsOf(person)).toMatchObject([
      { anchor_at: at("2027-03-17T03:00:00Z"), paid_until: at("2027-04-17T03:00:00Z"), cycles: 1 },
      { anchor_at: at("2027-04-20T00:00:00Z"), paid_until: at("2027-05-20T00:00:00Z"), cycles: 1 },
    ]);
  });
});

describe("an early renewal", () => {
  it("at the period's end adds its month behind the present chain and changes nothing before", async () => {
    await goTo("2027-05-31T05:00:00Z");
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    const before = await periodOf(person);
    await goTo("2027-06-10T00:00:00Z");
    const renewed = await payForPlan(database, person, { planId: "premium", starts: "period_end" });
    expect(renewed.startsAt).toEqual(at("2027-06-30T05:00:00Z"));
    expect(await periodOf(person)).toEqual(before);
    await goTo("2027-06-30T05:00:00Z");
    expect(await periodOf(person)).toEqual([
      ...["premium", "2027-06-30T05:00", "2027-07-31T05:00"],
      vnd(99_000n),
    ]);
  });

  it("at once carries the unspent money, and the cycles that had not begun follow behind", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "starter", starts: "now" });
    await payForPlan(database, person, { planId: "starter", starts: "period_end" });
    await payForTopUp(database, person, vnd(10_000n));
    await use(person, 9_000n);
    await goTo("2027-03-20T05:00:00Z");
    await payForPlan(database, person, { planId: "premium", starts: "now" });
    // 29,000 + 10,000 − 9,000 that answers hold move over.
    expect(await periodOf(person)).toEqual([
      ...["premium", "2027-03-20T05:00", "2027-04-20T05:00"],
      vnd(99_000n + 30_000n),
    ]);
    expect(await chainsOf(person)).toMatchObject([
      { state: "ended", paid_until: at("2027-04-10T05:00:00Z"), cycles: 1 },
      { state: "active", paid_until: at("2027-05-20T05:00:00Z"), cycles: 2 },
    ]);
    await database.sql`update budget_periods set reserved_micro_vnd = 0 where org_id = ${person.orgId}`;
    expect(await rollPeriods(database.db)).toMatchObject({ carried: 1 });
    expect((await periodOf(person))[3]).toBe(vnd(99_000n + 39_000n));
    expect(await rollPeriods(database.db)).toMatchObject({ carried: 0 });
    await goTo("2027-04-20T05:00:00Z");
    // The cycle that moved has its own budget; of the former the top-up's part lives on.
    expect(await periodOf(person)).toEqual([
      ...["starter", "2027-04-20T05:00", "2027-05-20T05:00"],
      vnd(29_000n + 39_000n),
    ]);
  });

  it("paid twice in one moment gives both their cycles", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const pay = () => payForPlan(database, person, { planId: "starter", starts: "now" });
    await Promise.all([pay(), pay()]);
    await goTo("2027-03-10T05:00:01Z");
    expect((await periodOf(person))[3]).toBe(vnd(58_000n));
    const chains = await chainsOf(person);
    expect(chains.map((row) => [row["state"], row["cycles"]])).toEqual([
      ["ended", 1],
      ["active", 1],
    ]);
  });

  it("applied again changes nothing and gives the same start", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const paid = await payForPlan(database, person, { planId: "starter", starts: "now" });
    const { priceMicroVnd: _price, ...snapshot } = await snapshotOf(database, "starter");
    await goTo("2027-03-12T05:00:00Z");
    const apply = () =>
      inTransactionOf(database, person, (tx) =>
        applyPlanOrder(tx, { orderId: paid.orderId, snapshot, starts: "now" }),
      );
    const again = await Promise.all([apply(), apply()]);
    expect(again).toEqual([{ startsAt: paid.startsAt }, { startsAt: paid.startsAt }]);
    expect(await chainsOf(person)).toHaveLength(1);
  });
});

describe("a grant", () => {
  const give = (person: Person, causeId: string) =>
    inTransactionOf(database, person, (tx) =>
      addGrant(tx, {
        amountMicroVnd: vnd(7_000n),
        cause: "credit",
        causeId,
        reason: "goodwill",
        actor: "finance-1",
      }),
    );

  it("raises the present period once, however often it is given", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const all = await Promise.all([give(person, "c-1"), give(person, "c-1"), give(person, "c-1")]);
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(all.map(({ grantId }) => grantId)).size).toBe(1);
    expect((await periodOf(person))[3]).toBe(vnd(12_000n));
  });

  it("moves on unspent when the month ends, also after a month without a visit", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    await give(person, "c-2");
    await use(person, 8_000n);
    await goTo("2027-05-20T00:00:00Z");
    expect((await periodOf(person))[3]).toBe(vnd(5_000n + 4_000n));
    await database.sql`update budget_periods set reserved_micro_vnd = 0 where org_id = ${person.orgId}`;
    expect(await rollPeriods(database.db)).toMatchObject({ carried: 1 });
    expect((await periodOf(person))[3]).toBe(vnd(5_000n + 7_000n));
  });

  it("counts beside an override only when it came after it", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database, { planId: "starter" });
    await give(person, "c-3");
    const input = { amountMicroVnd: vnd(50_000n), expiresAt: at("2027-03-20T00:00:00Z") };
    const word = { reason: "trial", actor: "finance-1", key: "o-1" };
    await overrideBudget(await ctxOf(person), { ...input, ...word });
    expect((await periodOf(person))[3]).toBe(vnd(50_000n));
    await give(person, "c-4");
    expect((await periodOf(person))[3]).toBe(vnd(57_000n));
    await goTo("2027-03-20T00:00:00Z");
    await rollPeriods(database.db);
    expect((await periodOf(person))[3]).toBe(vnd(29_000n + 14_000n));
  });

  it("is taken back once, from where its money is by then", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    const takeBack = (causeId: string) =>
      inTransactionOf(database, person, (tx) =>
        reverseGrant(tx, { cause: "credit", causeId, reason: "by mistake", actor: "finance-1" }),
      );
    await give(person, "c-5");
    await give(person, "c-6");
    await Promise.all([takeBack("c-5"), takeBack("c-5")]);
    expect((await periodOf(person))[3]).toBe(vnd(12_000n));
    await use(person, 8_000n);
    await goTo("2027-04-02T00:00:00Z");
    expect((await periodOf(person))[3]).toBe(vnd(9_000n));
    await takeBack("c-6");
    await takeBack("c-6");
    await takeBack("no-such");
    expect((await periodOf(person))[3]).toBe(vnd(5_000n));
    await database.sql`update budget_periods set reserved_micro_vnd = 0 where org_id = ${person.orgId}`;
  });

  it("is given while answers run, whose holds stay as they are", async () => {
    await goTo("2027-03-10T05:00:00Z");
    const person = await makePerson(database);
    await periodOf(person);
    const held = await openHolds(database, person, { count: 3, holdMicroVnd: vnd(1_000n) });
    await give(person, "c-7");
    expect((await periodOf(person))[3]).toBe(vnd(12_000n));
    await releaseHolds(database, held ?? []);
  });
});

describe("the end of a subscription", () => {
  const notices = async (person: Person) => {
    const rows = await database.sql`
      select kind, payload from outbox where payload->>'orgId' = ${person.orgId} order by created_at`;
    return rows.map((row) => row["kind"]);
  };

  it("is told of once three days before and once after it, and ends the chain", async () => {
    await goTo("2027-09-10T05:00:00Z");
    const person = await makePerson(database, { planId: "starter" });
    await goTo("2027-10-07T04:59:59Z");
    await remindRenewals(database.db);
    expect(await notices(person)).toEqual([]);
    await goTo("2027-10-07T05:00:00Z");
    await Promise.all([remindRenewals(database.db), remindRenewals(database.db)]);
    await remindRenewals(database.db);
    expect(await notices(person)).toEqual(["plan_expiring"]);
    await goTo("2027-10-10T05:14:59Z");
    await remindRenewals(database.db);
    expect(await chainsOf(person)).toMatchObject([{ state: "active" }]);
    await goTo("2027-10-10T05:15:00Z");
    await Promise.all([remindRenewals(database.db), remindRenewals(database.db)]);
    expect(await notices(person)).toEqual(["plan_expiring", "plan_ended"]);
    expect(await chainsOf(person)).toMatchObject([
      { state: "ended", ended_at: at("2027-10-10T05:00:00Z") },
    ]);
  });

  it("is told of anew when it was renewed meanwhile", async () => {
    await goTo("2027-11-10T05:00:00Z");
    const person = await makePerson(database, { planId: "starter" });
    await goTo("2027-12-08T05:00:00Z");
    await remindRenewals(database.db);
    await payForPlan(database, person, { planId: "starter", starts: "period_end" });
    await goTo("2028-01-06T00:00:00Z");
    await remindRenewals(database.db);
    expect(await notices(person)).toEqual(["plan_expiring"]);
    await goTo("2028-01-08T00:00:00Z");
    await remindRenewals(database.db);
    expect(await notices(person)).toEqual(["plan_expiring", "plan_expiring"]);
  });
});
