import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { applyPlanOrder } from "@/features/plans/apply-plan-order.ts";
import { changePlan } from "@/features/plans/change-plan.ts";
import { getPlans } from "@/features/plans/get-plans.ts";
import { listPlanTerms } from "@/features/plans/list-plan-terms.ts";
import { asStaff } from "@/server/staff.ts";
import {
  inTransactionOf,
  insertPaidOrder,
  payForPlan,
  snapshotOf,
} from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { createTestDatabase, freezeClock, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await freezeClock(database.sql, new Date("2027-03-10T05:00:00Z"));
});

afterAll(() => database.drop());

const vnd = (amount: bigint) => vndToMicroVnd(amount);
const ctxOf = ({ email }: Person) => findOwner(database.db, { email, requestId: "test" });

async function finance() {
  const ctx = await ctxOf(await makePerson(database));
  return asStaff({ ...ctx, role: "finance" }, ["finance"]);
}

const word = () => ({ reason: "new prices", key: randomUUID() });

describe("F52 a plan that was changed or withdrawn since the order", () => {
  it("gives the paid order what was ordered, and the next cycle of a year too", async () => {
    const person = await makePerson(database);
    const { priceMicroVnd, ...snapshot } = await snapshotOf(database, "premium-yearly");
    const plan = { snapshot, starts: "now" } as const;
    const orderId = await insertPaidOrder(database, person, { priceMicroVnd, plan });
    await changePlan(await finance(), {
      ...{ planId: "premium-yearly", priceVnd: 2_000_000, budgetRatioBp: 100, enabled: false },
      ...word(),
    });
    await inTransactionOf(database, person, (tx) => applyPlanOrder(tx, { orderId, ...plan }));
    const shown = async () => {
      const { planId, period } = await getUsageSummary(await ctxOf(person));
      return [planId, BigInt(period.limitMicroVnd)];
    };
    expect(await shown()).toEqual(["premium-yearly", vnd(82_500n)]);
    await freezeClock(database.sql, new Date("2027-07-10T05:00:00Z"));
    expect(await shown()).toEqual(["premium-yearly", vnd(82_500n)]);
    const { plans, subscription } = await getPlans(await ctxOf(person));
    expect(plans.map(({ planId }) => planId)).not.toContain("premium-yearly");
    expect(subscription).toMatchObject({ planId: "premium-yearly", cyclesLeft: 7 });
    await freezeClock(database.sql, new Date("2027-03-10T05:00:00Z"));
  });

  it("is sold at its new terms from then on, and finance sees what it leaves", async () => {
    const staff = await finance();
    const change = { planId: "ultimate", priceVnd: 300_000, budgetRatioBp: 9_000, ...word() };
    const [one, two] = await Promise.all([changePlan(staff, change), changePlan(staff, change)]);
    expect(two).toEqual(one);
    expect(one).toMatchObject({
      cycleLimitMicroVnd: vnd(270_000n).toString(),
      marginMicroVnd: vnd(30_000n).toString(),
      isMarginPositive: true,
    });
    const person = await makePerson(database);
    await payForPlan(database, person, { planId: "ultimate", starts: "now" });
    const { period } = await getUsageSummary(await ctxOf(person));
    expect(BigInt(period.limitMicroVnd)).toBe(vnd(270_000n));
    const terms = await listPlanTerms(staff);
    expect(terms.find(({ planId }) => planId === "ultimate")).toMatchObject({ subscribers: 1 });
    expect(terms.find(({ planId }) => planId === "starter")).toMatchObject({
      ...{ marginMicroVnd: "0", isMarginPositive: false },
    });
    const audited = await database.sql`
      select before, after, reason from audit_log where subject = 'plan:ultimate'`;
    expect(audited).toEqual([
      {
        before: {
          priceMicroVnd: vnd(289_000n).toString(),
          budgetRatioBp: 10_000,
          enabled: true,
        },
        after: { priceMicroVnd: vnd(300_000n).toString(), budgetRatioBp: 9_000, enabled: true },
        reason: "new prices",
      },
    ]);
  });

  it.each([
    ["the free plan", { planId: "free", priceVnd: 5_000 }, "invalid_input"],
    ["a plan that does not exist", { planId: "no-such", enabled: false }, "not_found"],
    ["nothing", { planId: "starter" }, "invalid_input"],
  ])("is refused for %s", async (_name, change, code) => {
    await expect(changePlan(await finance(), { ...change, ...word() })).rejects.toMatchObject({
      code,
    });
  });

  it("is refused to somebody without the role", async () => {
    const ctx = await ctxOf(await makePerson(database));
    expect(() => asStaff(ctx, ["finance"])).toThrow(expect.objectContaining({ code: "forbidden" }));
  });
});
