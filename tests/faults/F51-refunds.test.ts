import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reverseOrder } from "@/features/payments/reverse-order.ts";
import type { OpenOrderInput, OrderView } from "@/features/payments/schema.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, ctxOf, deliver, fateOf, holdingsOf, micro } from "../support/paying.ts";
import { readAnswer } from "../support/read-answer.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

const ofPlan = (planId: string, starts: "now" | "period_end" = "now"): OpenOrderInput => ({
  ...{ kind: "plan", planId, starts },
});

const vndOf = (order: OrderView) => Number(BigInt(order.priceMicroVnd) / 1_000_000n);

async function buy(person: Person, input: OpenOrderInput, extraVnd = 0): Promise<OrderView> {
  const order = await askFor(app.database, person, input);
  await deliver(sepayBody({ code: order.code, amount: vndOf(order) + extraVnd }));
  return order;
}

/** As finance decides it. */
async function refund(person: Person, orderId: string) {
  const { now, requestId } = await ctxOf(app.database, person);
  return app.database.db.transaction((db) =>
    reverseOrder({ db, now, requestId }, { orderId, actor: "finance", reason: "sent back" }),
  );
}

async function usageOf(person: Person) {
  const [row] = await app.database.sql`
    select (select count(*)::int from usage_logs where org_id = ${person.orgId}) as logs,
           (select coalesce(sum(used_micro_vnd), 0)::text from budget_periods where org_id = ${person.orgId}) as used`;
  return { logs: Number(row?.["logs"]), used: BigInt(String(row?.["used"])) };
}

describe("F51 money that goes back", () => {
  it.each([
    { what: "plan", input: ofPlan("premium") },
    { what: "top-up", input: { kind: "top_up", amountVnd: 50_000 } as const },
  ])("a notice of it changes no entitlement by itself and goes to finance: $what", async (row) => {
    const { sql } = app.database;
    const person = await makePerson(app.database);
    const order = await buy(person, row.input);
    const before = await holdingsOf(sql, person.orgId);
    const id = nextSepayId();
    const out = { direction: "out", content: `HOAN TIEN ${order.code}`, foundCode: null };
    await deliver(sepayBody({ id, amount: vndOf(order), ...out }));
    expect(await fateOf(sql, id)).toEqual({
      ...{ state: "review", reason: "refund_notice", order: order.code },
    });
    expect(await holdingsOf(sql, person.orgId)).toEqual(before);
    const [alert] = await sql`
      select count(*)::int as open from ops_alerts where kind = 'webhook_unmatched' and resolved_at is null`;
    expect(alert).toEqual({ open: 1 });
  });

  it("a refunded plan ends; what was used stays in the books, the rest is not usable", async () => {
    const { sql } = app.database;
    const person = await makePerson(app.database, { locale: "en" });
    const order = await buy(person, ofPlan("ultimate"));
    await readAnswer(await chat(person, { model: "openai/gpt-5.4-mini" }));
    const used = await usageOf(person);
    expect(used.logs).toBe(1);
    expect(used.used).toBeGreaterThan(0n);
    await refund(person, order.orderId);
    expect(await usageOf(person)).toEqual(used);
    const [bought] = await sql`
      select limit_micro_vnd - used_micro_vnd - reserved_micro_vnd <= 0 as "isEmpty" from budget_periods
       where org_id = ${person.orgId} and plan_id = 'ultimate'`;
    expect(bought).toEqual({ isEmpty: true });
    expect(await holdingsOf(sql, person.orgId)).toMatchObject({ orders: ["refunded"], cycles: 0 });
    const audited = await sql`
      select actor, reason from audit_log where action = 'order.refund' and subject = ${`order:${order.orderId}`}`;
    expect(audited).toEqual([{ actor: "finance", reason: "sent back" }]);
  });

  it("a refunded later cycle leaves the present one alone", async () => {
    const { sql } = app.database;
    const person = await makePerson(app.database);
    await buy(person, ofPlan("premium"));
    const renewal = await buy(person, ofPlan("premium", "period_end"));
    expect(await holdingsOf(sql, person.orgId)).toMatchObject({ cycles: 2, limit: micro(99_000) });
    await refund(person, renewal.orderId);
    expect(await holdingsOf(sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid", "refunded"], cycles: 1, limit: micro(99_000) },
    });
  });

  it("a refunded top-up is reversed by a counter-entry, its surplus too", async () => {
    const { sql } = app.database;
    const person = await makePerson(app.database, { planId: "starter" });
    const before = await holdingsOf(sql, person.orgId);
    const order = await buy(person, { kind: "top_up", amountVnd: 50_000 }, 7_000);
    expect((await holdingsOf(sql, person.orgId)).grants).toEqual({
      ...{ top_up: micro(50_000), surplus: micro(7_000) },
    });
    const { paymentIds } = await refund(person, order.orderId);
    expect(paymentIds).toHaveLength(1);
    const after = await holdingsOf(sql, person.orgId);
    expect(after.grants).toEqual({
      ...{ top_up: micro(50_000), surplus: micro(7_000), reversal: micro(-57_000) },
    });
    expect(after.limit).toBe(before.limit ?? micro(29_000));
  });

  it("an order is refunded once, and only when it is paid", async () => {
    const person = await makePerson(app.database);
    const order = await buy(person, { kind: "top_up", amountVnd: 50_000 });
    const attempts = await Promise.allSettled([1, 2, 3].map(() => refund(person, order.orderId)));
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const open = await askFor(app.database, person, { kind: "top_up", amountVnd: 20_000 });
    await expect(refund(person, open.orderId)).rejects.toMatchObject({ code: "state_conflict" });
    const { grants } = await holdingsOf(app.database.sql, person.orgId);
    expect(grants).toEqual({ top_up: micro(50_000), reversal: micro(-50_000) });
  });

  it("money that comes for a refunded order waits for finance", async () => {
    const { sql } = app.database;
    const person = await makePerson(app.database);
    const order = await buy(person, { kind: "top_up", amountVnd: 50_000 });
    await refund(person, order.orderId);
    const id = nextSepayId();
    await deliver(sepayBody({ id, code: order.code, amount: 50_000 }));
    expect(await fateOf(sql, id)).toMatchObject({ state: "unmatched", reason: "already_paid" });
  });
});
