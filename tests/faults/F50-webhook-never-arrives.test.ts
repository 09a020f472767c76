import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { runJobs } from "@/features/jobs/run-job-now.ts";
import { rhythms } from "@/features/jobs/schedule.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openOrder } from "@/features/payments/open-order.ts";
import { reconcilePayments } from "@/features/payments/reconcile-payments.ts";
import type { OrderView } from "@/features/payments/schema.ts";
import { addJob } from "@/server/jobs/add-job.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { sepayTestSettings, signedWebhook } from "../support/sepay.ts";
import { startSepayBank, type SepayBank } from "../support/sepay-bank.ts";

const TOP_UP_VND = 50_000;
const TOP_UP_MICRO_VND = BigInt(TOP_UP_VND) * 1_000_000n;
/** What the fault allows between the transfer and its effect. */
const MINUTES_MAX = 15;

let bank: SepayBank;
let app: AppUnderTest;
let person: Person;
let order: OrderView;
let limitBefore: bigint;

beforeAll(async () => {
  bank = await startSepayBank();
  app = await startApp({ settings: { ...sepayTestSettings, ...bank.settings } });
});

beforeEach(async () => {
  bank.empty();
  person = await makePerson(app.database, { planId: "starter", budgetMicroVnd: 29_000_000_000n });
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  order = await openOrder(ctx, { kind: "top_up", amountVnd: TOP_UP_VND });
  limitBefore = await limit();
});

afterAll(async () => {
  await bank.stop();
  await app.stop();
});

async function limit(): Promise<bigint> {
  const [row] = await app.database.sql`
    select coalesce(sum(limit_micro_vnd), 0)::text as limit from budget_periods where org_id = ${person.orgId}`;
  return BigInt(String(row?.["limit"]));
}

async function paymentsOfOrder() {
  return app.database.sql`
    select state, verified_by, bank_line_id is not null as listed, webhook_event_id is not null as told
      from payments where order_id = ${order.orderId} or content like ${`%${order.code}%`}`;
}

async function expectAppliedOnce(told: boolean): Promise<void> {
  expect(await paymentsOfOrder()).toEqual([
    { state: "applied", verified_by: expect.any(String), listed: true, told },
  ]);
  const [row] = await app.database.sql`select state from orders where id = ${order.orderId}`;
  expect(row).toEqual({ state: "paid" });
  expect(await limit()).toBe(limitBefore + TOP_UP_MICRO_VND);
}

describe("F50, case 15: the webhook never arrives", () => {
  it("is looked for on the bank's list at least every 15 minutes", () => {
    const [rhythm] = rhythms.filter(({ task }) => task === "reconcile-payments");
    const [, minutes] = /^\*\/(\d+) \* \* \* \*$/.exec(rhythm?.match ?? "") ?? [];
    expect(Number(minutes)).toBeLessThanOrEqual(MINUTES_MAX);
    expect(Number(minutes)).toBeGreaterThan(0);
  });

  it("the job finds the transfer on the list and applies it", async () => {
    bank.book({ code: order.code, amount: TOP_UP_VND });
    await addJob(app.database.db, { task: "reconcile-payments", key: "reconcile-payments" });
    await runJobs({ connectionString: app.database.url });
    await expectAppliedOnce(false);
  });

  it("it is applied once, however often and by however many the list is read", async () => {
    bank.book({ code: order.code, amount: TOP_UP_VND });
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => reconcilePayments(app.database.db)),
    );
    expect(runs.reduce((sum, { missed }) => sum + missed, 0)).toBe(1);
    expect(await reconcilePayments(app.database.db)).toMatchObject({ lines: 1, missed: 0 });
    await expectAppliedOnce(false);
  });

  it("the webhook that comes late has no effect but that we know of it", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: TOP_UP_VND });
    await reconcilePayments(app.database.db);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const response = await sepayWebhookDoor(signedWebhook(webhookBody));
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('{"success":true}');
    }
    await expectAppliedOnce(true);
  });

  it("a late webhook of a transfer without the bank's reference has none either", async () => {
    const transfer = { code: order.code, amount: TOP_UP_VND, reference: "" };
    const { webhookBody } = bank.book(transfer);
    await reconcilePayments(app.database.db);
    await sepayWebhookDoor(signedWebhook(webhookBody));
    await expectAppliedOnce(true);
  });

  it("what the webhook told of is joined to its line, not applied again", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: TOP_UP_VND });
    await sepayWebhookDoor(signedWebhook(webhookBody));
    expect(await reconcilePayments(app.database.db)).toMatchObject({ joined: 1, missed: 0 });
    await expectAppliedOnce(true);
  });

  it("webhook and list at the same moment are one payment", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: TOP_UP_VND });
    await Promise.all([
      ...Array.from({ length: 4 }, () => sepayWebhookDoor(signedWebhook(webhookBody))),
      ...Array.from({ length: 4 }, () => reconcilePayments(app.database.db)),
    ]);
    await expectAppliedOnce(true);
  });
});
