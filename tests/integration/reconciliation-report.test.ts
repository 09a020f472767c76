import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { dayOf, startOfDay } from "@/domain/time/vietnam-time.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openOrder } from "@/features/payments/open-order.ts";
import { reconcilePayments } from "@/features/payments/reconcile-payments.ts";
import { reconciliationView, type ReconciliationView } from "@/features/payments/schema.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { sepayBody, sepayTestSettings, signedWebhook } from "../support/sepay.ts";
import { startSepayBank, type SepayBank } from "../support/sepay-bank.ts";
import { setClock } from "../support/test-database.ts";

const AMOUNT_VND = 50_000;
const MICRO = 1_000_000;

/** Noon, so that no test crosses a midnight. */
const at = new Date(startOfDay(new Date()).getTime() + 12 * 3_600_000);

let bank: SepayBank;
let app: AppUnderTest;
let finance: Person;
let customer: Person;

beforeAll(async () => {
  bank = await startSepayBank();
  app = await startApp({
    settings: { ...sepayTestSettings, ...bank.settings },
    // Differences are planted that no product would write.
    isBalanced: false,
  });
  await setClock(app.database.sql, at);
  finance = await makePerson(app.database);
  customer = await makePerson(app.database);
  await app.database.sql`update users set role = 'finance' where id = ${finance.userId}`;
});

beforeEach(() => {
  bank.empty();
});

afterAll(async () => {
  await bank.stop();
  await app.stop();
});

const report = async (day: string): Promise<ReconciliationView> => {
  const { data } = await trpc(finance, "finance.getReconciliation", { input: { day } });
  return reconciliationView.parse(data);
};

const micro = (vnd: number) => String(BigInt(vnd) * BigInt(MICRO));

const deliver = (body: string) =>
  sepayWebhookDoor(signedWebhook(body, { nowSeconds: Math.floor(at.getTime() / 1_000) }));

async function openTopUp(amountVnd: number) {
  const { email } = await makePerson(app.database, { planId: "starter" });
  const ctx = await findOwner(app.database.db, { email, requestId: "test" });
  return openOrder(ctx, { kind: "top_up", amountVnd });
}

describe("the daily report of bank, payments and orders", () => {
  it("agrees on a day whose money came by webhook, by list and by both, whatever became of it, test sends apart", async () => {
    const [first, second] = [await openTopUp(AMOUNT_VND), await openTopUp(AMOUNT_VND + 1)];
    const told = bank.book({ code: first.code, amount: AMOUNT_VND, at });
    await deliver(told.webhookBody);
    bank.book({ code: second.code, amount: AMOUNT_VND + 1, at });
    bank.book({ content: "khong ma", amount: 7_000, at });
    bank.book({ content: "rut", amount: 3_000, direction: "out", at });
    await deliver(sepayBody({ id: 0, content: "giao dich thu nghiem", amount: 10_000, at }));
    await reconcilePayments(app.database.db);
    const paid = 2 * AMOUNT_VND + 1;
    expect(await report(dayOf(at))).toEqual({
      day: dayOf(at),
      isConfigured: true,
      lastReadAt: expect.stringMatching(/Z$/),
      bankLines: { count: 3, amountMicroVnd: micro(paid + 7_000) },
      payments: {
        ...{ count: 3, amountMicroVnd: micro(paid + 7_000) },
        appliedMicroVnd: micro(paid),
      },
      orders: { count: 2, amountMicroVnd: micro(paid) },
      differences: [],
    });
  });

  it("does not claim to know the bank's side of a day it was never asked about", async () => {
    expect(await report("2026-08-01")).toMatchObject({
      bankLines: null,
      payments: { count: 0 },
      differences: [],
    });
    expect((await report("2099-01-01")).bankLines).toBeNull();
  });

  it("counts an order whose match was undone no more than its money, and a refunded one as it came", async () => {
    const act = async (verb: string, input: Readonly<Record<string, string>>) => {
      const word = { reason: "a test of the report", key: randomUUID() };
      const path = `finance.${verb}`;
      const asked = { method: "POST", input: { ...input, ...word } } as const;
      const { status, data } = await trpc(finance, path, asked);
      expect(status).toBe(200);
      return z.object({ decisionId: z.string() }).parse(data);
    };
    const sums = async () => {
      const { payments, orders } = await report(dayOf(at));
      return [BigInt(payments.appliedMicroVnd), BigInt(orders.amountMicroVnd)];
    };
    const [applied = 0n, paid = 0n] = await sums();
    const amount = BigInt(micro(AMOUNT_VND));
    const { code, orderId } = await openTopUp(AMOUNT_VND);
    await deliver(bank.book({ content: "quen ma", amount: AMOUNT_VND, at }).webhookBody);
    const [payment] = await app.database.sql<{ id: string }[]>`
      select id from payments where content = 'quen ma'`;
    const paymentId = payment?.id ?? "";
    const { decisionId } = await act("attachPayment", { paymentId, orderCode: code });
    expect(await sums()).toEqual([applied + amount, paid + amount]);
    await act("undoDecision", { decisionId });
    expect(await sums()).toEqual([applied, paid]);

    const other = await openTopUp(AMOUNT_VND);
    await deliver(bank.book({ code: other.code, amount: AMOUNT_VND, at }).webhookBody);
    const [matched] = await app.database.sql<{ id: string }[]>`
      select id from payments where order_id = ${other.orderId}`;
    await act("markForRefund", { paymentId: matched?.id ?? "" });
    expect(await sums()).toEqual([applied + amount, paid + amount]);
    const states = await app.database.sql`
      select state from orders where id in (${orderId}, ${other.orderId})`;
    expect(states.map(({ state }) => state)).toEqual(["refunded", "refunded"]);
    await reconcilePayments(app.database.db);
  });

  it("names a payment the bank does not have, once the list was read since", async () => {
    const { webhookBody } = bank.book({ content: "chi co webhook", amount: 11_000, at });
    bank.empty();
    await deliver(webhookBody);
    expect((await report(dayOf(at))).differences).toEqual([]);
    await reconcilePayments(app.database.db);
    expect((await report(dayOf(at))).differences).toEqual([
      {
        ...{ kind: "payment_without_line", id: expect.any(String), text: "chi co webhook" },
        ...{ amountMicroVnd: micro(11_000), occurredAt: expect.stringMatching(/Z$/) },
      },
    ]);
  });

  it("names a line nobody recorded and an order marked paid without its money", async () => {
    const { sql } = app.database;
    const then = new Date("2026-09-10T05:00:00Z");
    const order = await openTopUp(AMOUNT_VND);
    await sql`insert into bank_lines (id, provider, direction, account_number, amount_micro_vnd, content, occurred_at, raw)
              values ('planted', 'sepay', 'in', '1', 5000000, 'planted line', ${then}, '{}')`;
    await sql`update orders set state = 'paid', paid_at = ${then} where id = ${order.orderId}`;
    const { differences } = await report("2026-09-10");
    expect(differences).toEqual(
      [
        {
          ...{ kind: "order_without_money", id: order.orderId, amountMicroVnd: micro(AMOUNT_VND) },
          ...{ occurredAt: then.toISOString(), text: order.code },
        },
        {
          ...{ kind: "line_without_payment", id: "planted", amountMicroVnd: "5000000" },
          ...{ occurredAt: then.toISOString(), text: "planted line" },
        },
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });

  it("divides the days at Vietnam's midnight", async () => {
    bank.book({ content: "truoc nua dem", amount: 1_000, at: new Date("2026-10-09T16:59:59Z") });
    bank.book({ content: "sau nua dem", amount: 2_000, at: new Date("2026-10-09T17:00:00Z") });
    await reconcilePayments(app.database.db, { daysBack: 62 });
    expect((await report("2026-10-09")).bankLines).toEqual({
      ...{ count: 1, amountMicroVnd: micro(1_000) },
    });
    expect((await report("2026-10-10")).bankLines).toEqual({
      ...{ count: 1, amountMicroVnd: micro(2_000) },
    });
  });

  it.each(["2026-13-01", "2026-02-30", "yesterday", "0000-01-01", "1999-01-01"])(
    "refuses %s, which is no day it knows",
    async (day) => {
      const { status } = await trpc(finance, "finance.getReconciliation", { input: { day } });
      expect(status).toBe(400);
    },
  );

  it("is for finance only", async () => {
    const input = { day: "2026-11-20" };
    for (const asker of [customer, null]) {
      const { status, data } = await trpc(asker, "finance.getReconciliation", { input });
      expect([401, 403]).toContain(status);
      expect(data).toBeUndefined();
    }
  });
});
