import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { isOrderCode } from "@/domain/payments/order-code.ts";
import { cancelOrder } from "@/features/payments/cancel-order.ts";
import { expireOrders } from "@/features/payments/expire-orders.ts";
import { getConfirmation } from "@/features/payments/get-confirmation.ts";
import { getOrder } from "@/features/payments/get-order.ts";
import { listOrders } from "@/features/payments/list-orders.ts";
import type { OpenOrderInput } from "@/features/payments/schema.ts";
import { makePerson } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, ctxOf, deliver, fateOf, holdingsOf, micro } from "../support/paying.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";
import { setClock } from "../support/test-database.ts";

const HOUR_MS = 3_600_000;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

const plan = (planId: string, starts: "now" | "period_end" = "now"): OpenOrderInput => ({
  ...{ kind: "plan", planId, starts },
});
const topUp = (amountVnd: number): OpenOrderInput => ({ kind: "top_up", amountVnd });

describe("opening an order", () => {
  it("asks for the plan's price by a code, an account and a QR, for a day", async () => {
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, plan("premium"));
    expect(order).toMatchObject({
      ...{ kind: "plan", planId: "premium", tier: "premium", billing: "monthly", state: "open" },
      ...{ priceMicroVnd: micro(99_000), missingMicroVnd: micro(99_000), paidMicroVnd: "0" },
      ...{ starts: "now", paidAt: null, surplusMicroVnd: "0" },
      transfer: { memo: order.code, amountMicroVnd: micro(99_000), bankName: "Vietcombank" },
    });
    expect(isOrderCode(order.code)).toBe(true);
    const livesMs = Date.parse(order.expiresAt) - Date.parse(order.createdAt);
    expect(Math.abs(livesMs - 24 * HOUR_MS)).toBeLessThan(5_000);
  });

  it("a yearly plan keeps its months and the budget of each", async () => {
    const person = await makePerson(app.database);
    const { planId } = await yearly();
    const order = await askFor(app.database, person, plan(planId));
    const [row] = await app.database.sql`
      select plan_snapshot as snapshot, price_micro_vnd::text as price from orders where id = ${order.orderId}`;
    expect(order.billing).toBe("yearly");
    expect(row?.["snapshot"]).toMatchObject({
      months: 12,
      cycleLimitMicroVnd: (BigInt(String(row?.["price"])) / 12n).toString(),
    });
  });

  it("asked twice at the same moment: one order", async () => {
    const person = await makePerson(app.database);
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => askFor(app.database, person, plan("premium"))),
    );
    expect(new Set(asked.map(({ code }) => code)).size).toBe(1);
    const topUps = await Promise.all(
      Array.from({ length: 8 }, () => askFor(app.database, person, topUp(20_000))),
    );
    expect(new Set(topUps.map(({ code }) => code)).size).toBe(1);
    expect((await holdingsOf(app.database.sql, person.orgId)).orders).toEqual(["open", "open"]);
  });

  it("another plan or amount is another order; so is another organisation's", async () => {
    const [one, two] = [await makePerson(app.database), await makePerson(app.database)];
    const codes = [
      await askFor(app.database, one, plan("premium")),
      await askFor(app.database, one, plan("starter")),
      await askFor(app.database, one, topUp(20_000)),
      await askFor(app.database, one, topUp(50_000)),
      await askFor(app.database, two, plan("premium")),
      await askFor(app.database, two, topUp(20_000)),
    ].map(({ code }) => code);
    expect(new Set(codes).size).toBe(6);
  });

  it("another start takes the open order's place", async () => {
    const person = await makePerson(app.database, { planId: "starter" });
    const first = await askFor(app.database, person, plan("premium", "now"));
    const second = await askFor(app.database, person, plan("premium", "period_end"));
    expect(second.orderId).not.toBe(first.orderId);
    const ctx = await ctxOf(app.database, person);
    expect(await getOrder(ctx, first.orderId)).toMatchObject({
      state: "cancelled",
      transfer: null,
    });
    const [chain] = await app.database.sql<{ paidUntil: Date }[]>`
      select paid_until as "paidUntil" from subscriptions where org_id = ${person.orgId}`;
    expect(second.startsAt).toBe(chain?.paidUntil.toISOString());
  });

  it("an order with a part paid on it stays, whatever is asked", async () => {
    const person = await makePerson(app.database, { planId: "starter" });
    const first = await askFor(app.database, person, plan("premium", "now"));
    await deliver(sepayBody({ code: first.code, amount: 10_000 }));
    const second = await askFor(app.database, person, plan("premium", "period_end"));
    expect(second).toMatchObject({ orderId: first.orderId, starts: "now" });
    expect(second.missingMicroVnd).toBe(micro(89_000));
  });

  it("without anything paid for, a plan always starts now", async () => {
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, plan("premium", "period_end"));
    expect(order.starts).toBe("now");
  });

  it.each(["free", "no-such-plan"])("the plan %s is not for sale", async (planId) => {
    const person = await makePerson(app.database);
    const refused = await trpc(person, "billing.openOrder", {
      ...{ input: plan(planId), method: "POST" },
    });
    expect(refused.code).toBe("not_found");
  });

  it.each([{ amountVnd: 9_999 }, { amountVnd: 50_000_001 }, { amountVnd: 20_000.5 }])(
    "a top-up of $amountVnd is refused",
    async ({ amountVnd }) => {
      const person = await makePerson(app.database);
      const input = { kind: "top_up", amountVnd };
      const refused = await trpc(person, "billing.openOrder", { input, method: "POST" });
      expect(refused.code).toBe("invalid_input");
    },
  );
});

describe("an order of somebody else's", () => {
  it.each([
    { path: "billing.getOrder", method: "GET" },
    { path: "billing.getConfirmation", method: "GET" },
    { path: "billing.cancelOrder", method: "POST" },
  ] as const)("is not found by $path", async ({ path, method }) => {
    const [owner, stranger] = [await makePerson(app.database), await makePerson(app.database)];
    const { orderId } = await askFor(app.database, owner, topUp(20_000));
    expect(await trpc(stranger, path, { input: { orderId }, method })).toMatchObject({
      ...{ status: 404, code: "not_found" },
    });
    expect((await holdingsOf(app.database.sql, owner.orgId)).orders).toEqual(["open"]);
  });
});

describe("an order's end", () => {
  it("is cancelled once and for all, also when asked again", async () => {
    const person = await makePerson(app.database);
    const { orderId } = await askFor(app.database, person, topUp(20_000));
    const ctx = await ctxOf(app.database, person);
    expect(await cancelOrder(ctx, orderId)).toMatchObject({ state: "cancelled", transfer: null });
    expect(await cancelOrder(ctx, orderId)).toMatchObject({ state: "cancelled" });
    const next = await askFor(app.database, person, topUp(20_000));
    expect(next.orderId).not.toBe(orderId);
  });

  it("cannot be cancelled once money came", async () => {
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, topUp(20_000));
    await deliver(sepayBody({ code: order.code, amount: 5_000 }));
    const ctx = await ctxOf(app.database, person);
    const refused = { code: "state_conflict" };
    await expect(cancelOrder(ctx, order.orderId)).rejects.toMatchObject(refused);
    await deliver(sepayBody({ code: order.code, amount: 15_000 }));
    await expect(cancelOrder(ctx, order.orderId)).rejects.toMatchObject(refused);
  });

  it("cancelled and paid at the same moment: paid, or kept as late; never both", async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await makePerson(app.database);
      const order = await askFor(app.database, person, topUp(20_000));
      const ctx = await ctxOf(app.database, person);
      const id = nextSepayId();
      const [cancelled] = await Promise.allSettled([
        cancelOrder(ctx, order.orderId),
        deliver(sepayBody({ id, code: order.code, amount: 20_000 })),
      ]);
      const isCancelled = cancelled.status === "fulfilled";
      const { orders, grants } = await holdingsOf(app.database.sql, person.orgId);
      expect(orders).toEqual([isCancelled ? "cancelled" : "paid"]);
      expect(grants).toEqual(isCancelled ? {} : { top_up: micro(20_000) });
      expect((await fateOf(app.database.sql, id))?.reason).toBe(isCancelled ? "late" : null);
    }
  });

  it("is confirmed with who paid, what and when; not before it is paid", async () => {
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, plan("premium"));
    const ctx = await ctxOf(app.database, person);
    await expect(getConfirmation(ctx, order.orderId)).rejects.toMatchObject({
      code: "state_conflict",
    });
    await deliver(sepayBody({ code: order.code, amount: 60_000, reference: "FT1" }));
    await deliver(sepayBody({ code: order.code, amount: 39_000, reference: "FT2" }));
    expect(await getConfirmation(ctx, order.orderId)).toMatchObject({
      order: { state: "paid", paidMicroVnd: micro(99_000), transfer: null },
      payerName: "Minh",
      payments: [
        { amountMicroVnd: micro(60_000), referenceCode: "FT1" },
        { amountMicroVnd: micro(39_000), referenceCode: "FT2" },
      ],
    });
  });

  it("says when what was bought began", async () => {
    const person = await makePerson(app.database, { planId: "starter" });
    const order = await askFor(app.database, person, plan("premium", "period_end"));
    await deliver(sepayBody({ code: order.code, amount: 99_000 }));
    const paid = await getOrder(await ctxOf(app.database, person), order.orderId);
    const [chain] = await app.database.sql<{ anchorAt: Date }[]>`
      select anchor_at as "anchorAt" from subscriptions where org_id = ${person.orgId}`;
    expect(paid.startsAt).toBe(addMonths(chain?.anchorAt ?? new Date(0), 1).toISOString());
    expect(paid.startsAt).toBe(order.startsAt);
  });

  it("the history lists the newest first, page by page", async () => {
    const person = await makePerson(app.database);
    for (const amountVnd of [20_000, 50_000, 100_000]) {
      await askFor(app.database, person, topUp(amountVnd));
    }
    const ctx = await ctxOf(app.database, person);
    const first = await listOrders(ctx, { page: 1, pageSize: 2 });
    const second = await listOrders(ctx, { page: 2, pageSize: 2 });
    expect([first.total, second.total]).toEqual([3, 3]);
    const prices = [...first.orders, ...second.orders].map((order) => order.priceMicroVnd);
    expect(prices).toEqual([100_000, 50_000, 20_000].map(micro));
  });
});

// These set the clock ahead and leave it there.
describe("an order whose time is over", () => {
  it("case 9: paid late is kept with its order; dated before the end it counts", async () => {
    const { database } = app;
    const [late, slow, partly, seen] = [
      await makePerson(database),
      await makePerson(database),
      await makePerson(database),
      await makePerson(database),
    ];
    const orderOf = {
      late: await askFor(database, late, topUp(20_000)),
      slow: await askFor(database, slow, topUp(20_000)),
      partly: await askFor(database, partly, topUp(20_000)),
      seen: await askFor(database, seen, topUp(20_000)),
    };
    await deliver(sepayBody({ code: orderOf.partly.code, amount: 5_000 }));
    const later = new Date(Date.now() + 25 * HOUR_MS);
    const signing = { nowSeconds: Math.floor(later.getTime() / 1000) };
    await setClock(database.sql, later);

    const before = await getOrder(await ctxOf(database, seen), orderOf.seen.orderId);
    expect(before).toMatchObject({ state: "expired", transfer: null });
    const again = await askFor(database, seen, topUp(20_000));
    expect(again.orderId).not.toBe(orderOf.seen.orderId);

    const { expired } = await expireOrders(database.db);
    expect(expired).toBeGreaterThanOrEqual(3);
    expect(await expireOrders(database.db)).toEqual({ expired: 0 });
    expect((await holdingsOf(database.sql, partly.orgId)).orders).toEqual(["expired"]);

    const ids = { late: nextSepayId(), slow: nextSepayId() };
    const { code } = orderOf.late;
    await deliver(sepayBody({ id: ids.late, code, amount: 20_000, at: later }), signing);
    expect(await fateOf(database.sql, ids.late)).toEqual({
      ...{ state: "unmatched", reason: "late", order: code },
    });
    expect(await holdingsOf(database.sql, late.orgId)).toMatchObject({
      ...{ orders: ["expired"], grants: {} },
    });
    const slowBody = sepayBody({ id: ids.slow, code: orderOf.slow.code, amount: 20_000 });
    await deliver(slowBody, signing);
    expect(await fateOf(database.sql, ids.slow)).toMatchObject({ state: "applied" });
    expect(await holdingsOf(database.sql, slow.orgId)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(20_000) } },
    });
  });
});

async function yearly(): Promise<{ readonly planId: string }> {
  const [row] = await app.database.sql<{ planId: string }[]>`
    select id as "planId" from plans where billing = 'yearly' and enabled order by price_micro_vnd limit 1`;
  if (row === undefined) throw new Error("there is a yearly plan");
  return row;
}
