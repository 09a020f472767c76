import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plansView } from "@/features/plans/schema.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { payForPlan, payForTopUp } from "../factories/paid-orders.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

const offersOf = async (person: Person) =>
  plansView.parse((await trpc(person, "billing.getPlans")).data);

const vnd = (amount: bigint) => vndToMicroVnd(amount).toString();

describe("the plans on offer", () => {
  it("start at once from the free plan, and say no number of answers while too few were given", async () => {
    const { subscription, plans, averagesOf } = await offersOf(await makePerson(app.database));
    expect(subscription).toMatchObject({ state: "free", planId: "free", cyclesLeft: 0 });
    expect(averagesOf).toBe(0);
    expect(plans[0]).toMatchObject({ planId: "free", isCurrent: true, starts: [] });
    const starter = plans.find(({ planId }) => planId === "starter");
    expect(starter).toMatchObject({
      ...{ priceMicroVnd: vnd(29_000n), cycleLimitMicroVnd: vnd(29_000n), answers: null },
      starts: [{ starts: "now", carryMicroVnd: "0" }],
    });
  });

  it("show what starting at once would carry over, and when waiting ends", async () => {
    const person = await makePerson(app.database);
    await payForPlan(app.database, person, { planId: "starter", starts: "now" });
    await payForTopUp(app.database, person, vndToMicroVnd(20_000n));
    await readAnswer(await chat(person, { text: ask({ output: 40 }) }));
    const { subscription, plans } = await offersOf(person);
    const premium = plans.find(({ planId }) => planId === "premium");
    const [behind, atOnce] = premium?.starts ?? [];
    expect(behind).toEqual({
      ...{ starts: "period_end", startsAt: subscription.paidUntil, carryMicroVnd: "0" },
    });
    const [period] = await app.database.sql`
      select (limit_micro_vnd - used_micro_vnd)::text as left from budget_periods
       where org_id = ${person.orgId} and closed_at is null`;
    expect(atOnce).toMatchObject({ starts: "now", carryMicroVnd: period?.["left"] });
    await payForPlan(app.database, person, { planId: "premium", starts: "now" });
    const carried = await app.database.sql`
      select amount_micro_vnd::text as amount from grants where org_id = ${person.orgId} and cause = 'carry_over'`;
    expect(carried).toEqual([{ amount: atOnce?.carryMicroVnd }]);
  });

  it("are cancelled and resumed by the customer, as often as the word is said", async () => {
    const person = await makePerson(app.database);
    const say = (isCancelled: boolean) =>
      trpc(person, "billing.setCancelled", { method: "POST", input: { isCancelled } });
    expect((await say(true)).status).toBe(409);
    await payForPlan(app.database, person, { planId: "starter", starts: "now" });
    const [one, two] = [await say(true), await say(true)];
    expect(two.data).toEqual(one.data);
    expect(one.data).toMatchObject({ state: "cancelled", planId: "starter" });
    expect((await say(false)).data).toMatchObject({ state: "active" });
    const rows = await app.database.sql`
      select action from audit_log where subject = ${`org:${person.orgId}`} and action like 'subscription.%'
       order by created_at`;
    expect(rows.map((row) => row["action"])).toEqual([
      ...["subscription.start", "subscription.cancel", "subscription.resume"],
    ]);
  });

  it("are not sold while there is no way to pay: no order is made", async () => {
    const person = await makePerson(app.database);
    const ways = await trpc(person, "billing.getWaysToPay");
    expect(ways.data).toEqual({ isTransferOpen: false, checkouts: [] });
    const wishes = [
      { kind: "plan", planId: "starter", starts: "now" },
      { kind: "top_up", amountVnd: 20_000 },
    ];
    for (const input of wishes) {
      expect(await trpc(person, "billing.openOrder", { method: "POST", input })).toMatchObject({
        ...{ status: 503, code: "provider_not_configured" },
      });
    }
    const made = await app.database.sql`select from orders where org_id = ${person.orgId}`;
    expect(made).toHaveLength(0);
  });

  it("show finance's terms to nobody else", async () => {
    const person = await makePerson(app.database);
    expect((await trpc(person, "finance.listPlanTerms")).status).toBe(403);
  });
});
