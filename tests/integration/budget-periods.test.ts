import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { overrideBudget } from "@/features/budgets/override-budget.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { payForPlan, refundPlan } from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { createTestDatabase, freezeClock, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const at = (iso: string) => new Date(iso);
const goTo = (iso: string) => freezeClock(database.sql, at(iso));

beforeEach(() => goTo("2027-03-10T05:00:00Z"));

const word = { actor: "finance-1", reason: "goodwill" };
const ctxOf = ({ email }: Person) => findOwner(database.db, { email, requestId: "test" });
const limitVnd = (vnd: bigint) => vndToMicroVnd(vnd).toString();

/** The present period as its person sees it. */
async function periodOf(person: Person) {
  const { period } = await getUsageSummary(await ctxOf(person));
  const { kind, startsAt, endsAt, limitMicroVnd } = period;
  return [kind, startsAt.slice(0, 16), endsAt.slice(0, 16), limitMicroVnd];
}

async function override(person: Person, vnd: bigint, expiresAt: string, key?: string) {
  return overrideBudget(await ctxOf(person), {
    amountMicroVnd: vndToMicroVnd(vnd),
    expiresAt: at(expiresAt),
    key: key ?? randomUUID(),
    ...word,
  });
}

const limitChanges = (person: Person) => database.sql`
  select c.old_limit_micro_vnd as old, c.new_limit_micro_vnd as new, c.actor from limit_changes c
    join budget_periods p on p.id = c.period_id where p.org_id = ${person.orgId}
   order by c.created_at, c.old_limit_micro_vnd`;

const audited = async (person: Person) => {
  const rows = await database.sql`
    select action, actor, reason from audit_log where subject = ${`org:${person.orgId}`} order by created_at`;
  return rows.map((row) => Object.values(row).join(" "));
};

const march = ["2027-02-28T17:00", "2027-03-31T17:00"];

describe("finance's override", () => {
  it("raises and lowers the present limit, and ends with the plan's limit back", async () => {
    const person = await makePerson(database);
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(5_000n)]);
    await override(person, 8_000n, "2027-03-20T00:00:00Z");
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(8_000n)]);
    await goTo("2027-03-11T05:00:00Z");
    await override(person, 2_000n, "2027-03-15T00:00:00Z");
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(2_000n)]);

    await goTo("2027-03-14T23:59:59Z");
    expect((await rollPeriods(database.db)).overridesEnded).toBe(0);
    await goTo("2027-03-15T00:00:00Z");
    expect((await rollPeriods(database.db)).overridesEnded).toBe(1);
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(8_000n)]);
    await goTo("2027-03-20T00:10:00Z");
    const twice = await Promise.all([rollPeriods(database.db), rollPeriods(database.db)]);
    expect(twice.map((run) => run.overridesEnded).toSorted()).toEqual([0, 1]);
    expect((await rollPeriods(database.db)).overridesEnded).toBe(0);
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(5_000n)]);

    expect(await limitChanges(person)).toEqual([
      { old: limitVnd(5_000n), new: limitVnd(8_000n), actor: "finance-1" },
      { old: limitVnd(8_000n), new: limitVnd(2_000n), actor: "finance-1" },
      { old: limitVnd(2_000n), new: limitVnd(8_000n), actor: "roll-periods" },
      { old: limitVnd(8_000n), new: limitVnd(5_000n), actor: "roll-periods" },
    ]);
    expect(await audited(person)).toEqual([
      "budget.override finance-1 goodwill",
      "budget.override finance-1 goodwill",
      "budget.override_end roll-periods an override ended",
      "budget.override_end roll-periods an override ended",
    ]);
  });

  it("opens later periods with its amount until it ends", async () => {
    const person = await makePerson(database, { planId: "starter" });
    await override(person, 70_000n, "2027-04-20T00:00:00Z");
    await payForPlan(database, person, { planId: "starter", starts: "period_end" });
    await goTo("2027-04-12T00:00:00Z");
    const cycle = ["cycle", "2027-04-10T05:00", "2027-05-10T05:00"];
    expect(await periodOf(person)).toEqual([...cycle, limitVnd(70_000n)]);
    await goTo("2027-04-21T00:00:00Z");
    await rollPeriods(database.db);
    expect(await periodOf(person)).toEqual([...cycle, limitVnd(29_000n)]);
  });

  it("given twice under one key is given once; another body under it is refused", async () => {
    const person = await makePerson(database);
    const [one, two] = await Promise.all([
      override(person, 9_000n, "2027-03-20T00:00:00Z", "k-1"),
      override(person, 9_000n, "2027-03-20T00:00:00Z", "k-1"),
    ]);
    expect(two).toEqual(one);
    await goTo("2027-03-25T00:00:00Z");
    // Its end is behind by now: the answer is the first one's all the same.
    expect(await override(person, 9_000n, "2027-03-20T00:00:00Z", "k-1")).toEqual(one);
    await expect(override(person, 9_001n, "2027-03-20T00:00:00Z", "k-1")).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    expect(await limitChanges(person)).toHaveLength(1);
    expect(await audited(person)).toHaveLength(1);
  });

  it.each([
    ["that has ended", "2027-03-10T05:00:00Z"],
    ["for ever", "2099-01-01T00:00:00Z"],
  ])("%s is refused and leaves nothing, not even its key", async (_name, expiresAt) => {
    const person = await makePerson(database);
    await expect(override(person, 9_000n, expiresAt, "k-2")).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(await audited(person)).toEqual([]);
    expect((await override(person, 9_000n, "2027-03-20T00:00:00Z", "k-2")).limitMicroVnd).toBe(
      limitVnd(9_000n),
    );
  });

  it("is outlived by none that was given before it at the same instant", async () => {
    const person = await makePerson(database);
    for (const vnd of [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]) {
      await override(person, vnd, "2027-04-20T00:00:00Z");
    }
    await goTo("2027-04-02T00:00:00Z");
    expect((await periodOf(person))[3]).toBe(limitVnd(8n));
  });
});

describe("a subscription that starts", () => {
  it("ends the free period now and begins its cycle; after the lapse the rest of the month is free", async () => {
    const person = await makePerson(database);
    expect(await periodOf(person)).toEqual(["calendar", ...march, limitVnd(5_000n)]);
    await goTo("2027-03-17T03:00:00Z");
    await startSubscription(await ctxOf(person), { planId: "starter", ...word });
    const cycle = ["cycle", "2027-03-17T03:00", "2027-04-17T03:00", limitVnd(29_000n)];
    expect(await periodOf(person)).toEqual(cycle);
    await goTo("2027-04-17T02:59:59Z");
    expect(await periodOf(person)).toEqual(cycle);
    await goTo("2027-04-20T00:00:00Z");
    const rest = ["calendar", "2027-04-17T03:00", "2027-04-30T17:00", limitVnd(5_000n)];
    expect(await periodOf(person)).toEqual(rest);
    const rows = await database.sql`
      select kind, ends_at from budget_periods where org_id = ${person.orgId} order by starts_at`;
    expect(rows.map((row) => row["ends_at"])).toEqual([
      at("2027-03-17T03:00:00Z"),
      at("2027-04-17T03:00:00Z"),
      at("2027-04-30T17:00:00Z"),
    ]);
  });

  it("starts once per key, and not while another one is paid for", async () => {
    const person = await makePerson(database);
    await periodOf(person);
    await goTo("2027-03-17T03:00:00Z");
    const ctx = await ctxOf(person);
    const start = (key: string) =>
      startSubscription(ctx, { planId: "starter-yearly", key, ...word });
    const [one, two] = await Promise.all([start("s-1"), start("s-1")]);
    expect(two).toEqual(one);
    expect(one?.paidUntil).toBe("2028-03-17T03:00:00.000Z");
    await expect(start("s-2")).rejects.toMatchObject({ code: "state_conflict" });
    const rows = await database.sql`select 1 from subscriptions where org_id = ${person.orgId}`;
    expect(rows).toHaveLength(1);
  });

  it("at the moment somebody opens the free month: the paid cycle stands, whoever is first", async () => {
    for (let round = 0; round < 8; round += 1) {
      const person = await makePerson(database);
      const ctx = await ctxOf(person);
      await Promise.all([
        getUsageSummary(ctx),
        startSubscription(ctx, { planId: "premium", ...word }),
        getUsageSummary(ctx),
      ]);
      await goTo("2027-03-10T05:00:01Z");
      expect((await periodOf(person))[0]).toBe("cycle");
      await goTo("2027-03-10T05:00:00Z");
    }
  });
});

describe("the free budget", () => {
  it("is given in full at most once a month, however often a plan lapses in it", async () => {
    const person = await makePerson(database);
    await periodOf(person);
    await goTo("2027-03-12T00:00:00Z");
    const { orderId } = await payForPlan(database, person, { planId: "starter", starts: "now" });
    await periodOf(person);
    await goTo("2027-03-20T00:00:00Z");
    // A payment that was taken back ends its chain early.
    await refundPlan(database, person, { orderId });
    // 3,200 ₫ of the free budget are held: an answer that was running when the plan began.
    const [first] = await database.sql`
      update budget_periods set reserved_micro_vnd = ${limitVnd(3_200n)}
       where org_id = ${person.orgId} and kind = 'calendar' returning id`;
    expect(await periodOf(person)).toEqual([
      ...["calendar", "2027-03-20T00:00", "2027-03-31T17:00"],
      limitVnd(1_800n),
    ]);
    await database.sql`update budget_periods set reserved_micro_vnd = 0 where id = ${String(first?.["id"])}`;
    await goTo("2027-04-01T00:00:00Z");
    expect((await periodOf(person))[3]).toBe(limitVnd(5_000n));
  });
});

describe("rolling the periods", () => {
  it("opens the present cycle of the paid, closes what ended empty, and catches up after months", async () => {
    const yearly = await makePerson(database, { planId: "ultimate-yearly" });
    const free = await makePerson(database);
    for (const person of [yearly, free]) await periodOf(person);
    await goTo("2027-08-10T04:59:59Z");
    const rolled = await rollPeriods(database.db);
    expect(rolled.opened).toBeGreaterThanOrEqual(1);
    expect(rolled.closed).toBeGreaterThanOrEqual(2);
    const rows = (person: Person) => database.sql`
      select starts_at, ends_at, closed_at is not null as is_closed from budget_periods
       where org_id = ${person.orgId} order by starts_at`;
    expect(await rows(yearly)).toEqual([
      {
        starts_at: at("2027-03-10T05:00:00Z"),
        ends_at: at("2027-04-10T05:00:00Z"),
        is_closed: true,
      },
      {
        starts_at: at("2027-07-10T05:00:00Z"),
        ends_at: at("2027-08-10T05:00:00Z"),
        is_closed: false,
      },
    ]);
    expect((await rows(free)).map((row) => row["is_closed"])).toEqual([true]);
    expect(await rollPeriods(database.db)).toEqual({
      ...{ closed: 0, opened: 0, overridesEnded: 0, carried: 0 },
    });
    await goTo("2027-08-10T05:00:00Z");
    await Promise.all([rollPeriods(database.db), rollPeriods(database.db)]);
    expect(await rows(yearly)).toHaveLength(3);
  });

  it("keeps a period open that still holds something, and for a while after its end", async () => {
    const person = await makePerson(database);
    await periodOf(person);
    const [period] = await database.sql`
      update budget_periods set reserved_micro_vnd = 1 where org_id = ${person.orgId} returning id`;
    const id = String(period?.["id"]);
    const isClosed = async () => {
      await rollPeriods(database.db);
      const [row] = await database.sql`select closed_at from budget_periods where id = ${id}`;
      return row?.["closed_at"] !== null;
    };
    await goTo("2027-04-05T00:00:00Z");
    expect(await isClosed()).toBe(false);
    await database.sql`update budget_periods set reserved_micro_vnd = 0 where id = ${id}`;
    await goTo("2027-03-31T17:14:59Z");
    expect(await isClosed()).toBe(false);
    await goTo("2027-03-31T17:15:00Z");
    expect(await isClosed()).toBe(true);
  });

  it("does all the others when one organisation fails, and says so", async () => {
    const [broken, whole] = [
      await makePerson(database, { planId: "starter" }),
      await makePerson(database, { planId: "starter" }),
    ];
    await database.sql.unsafe(`
      create function break_one() returns trigger language plpgsql as $$
      begin
        if new.org_id = '${broken.orgId}' then raise exception 'broken'; end if;
        return new;
      end $$;
      create trigger break_one before insert on budget_periods for each row execute function break_one()`);
    await expect(rollPeriods(database.db)).rejects.toThrow("1 organisations");
    const open = async ({ orgId }: Person) =>
      database.sql`select 1 from budget_periods where org_id = ${orgId} and starts_at <= app_now()`;
    expect(await open(whole)).toHaveLength(1);
    expect(await open(broken)).toHaveLength(0);
    await database.sql`drop trigger break_one on budget_periods`;
    expect(await rollPeriods(database.db)).toMatchObject({ opened: 1 });
    expect(await open(broken)).toHaveLength(1);
  });
});
