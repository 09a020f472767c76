import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { getOrder } from "@/features/payments/get-order.ts";
import { makePerson } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, ctxOf, deliver, fateOf, holdingsOf, micro } from "../support/paying.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";

const PRICE_VND = 99_000;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

type Row = {
  readonly what: string;
  /** Transfers, whole đồng, in the order they come. */
  readonly transfers: readonly number[];
  readonly fates: readonly (string | null)[][];
  readonly order: { readonly state: string; readonly missing: number; readonly surplus: number };
};

const part = ["unmatched", "short"];
const partOfFull = ["applied", "short"];
const full = ["applied", null];
const over = ["applied", "over"];
const twice = ["unmatched", "already_paid"];
const paid = (surplus: number) => ({ state: "paid", missing: 0, surplus });
const partly = (missing: number) => ({ state: "partially_paid", missing, surplus: 0 });

const table: readonly Row[] = [
  { what: "the price", transfers: [99_000], fates: [full], order: paid(0) },
  { what: "1 ₫ short", transfers: [98_999], fates: [part], order: partly(1) },
  { what: "1 ₫", transfers: [1], fates: [part], order: partly(98_999) },
  { what: "1 ₫ over", transfers: [99_001], fates: [over], order: paid(1) },
  { what: "far over", transfers: [990_000], fates: [over], order: paid(891_000) },
  { what: "two parts", transfers: [50_000, 49_000], fates: [partOfFull, full], order: paid(0) },
  {
    ...{ what: "1 ₫ short, then the 1 ₫", transfers: [98_999, 1], order: paid(0) },
    fates: [partOfFull, full],
  },
  {
    ...{ what: "three parts, too much in all", transfers: [40_000, 40_000, 40_000] },
    ...{ fates: [partOfFull, partOfFull, over], order: paid(21_000) },
  },
  {
    ...{ what: "two parts that do not reach it", transfers: [40_000, 40_000] },
    ...{ fates: [part, part], order: partly(19_000) },
  },
  {
    ...{ what: "paid twice", transfers: [99_000, 99_000], fates: [full, twice] },
    order: paid(0),
  },
  {
    ...{ what: "a part after it was paid", transfers: [99_000, 10_000], fates: [full, twice] },
    order: paid(0),
  },
];

describe("F45 underpaid, overpaid, short by 1 ₫, in parts", () => {
  it.each(table)("$what: nothing is lost, only the full price buys", async (row) => {
    const { database } = app;
    const person = await makePerson(database);
    const order = await askFor(database, person, {
      ...{ kind: "plan", planId: "premium", starts: "now" },
    });
    const sent = row.transfers.map((amount) => ({ id: nextSepayId(), amount }));
    for (const { id, amount } of sent) {
      await deliver(sepayBody({ id, amount, code: order.code }));
    }
    await applyPayments(database.db, {});
    const fates = await Promise.all(sent.map(({ id }) => fateOf(database.sql, id)));
    expect(fates.map((fate) => [fate?.state, fate?.reason])).toEqual(row.fates);
    expect(fates.every((fate) => fate?.order === order.code)).toBe(true);
    const isPaid = row.order.state === "paid";
    const seen = await getOrder(await ctxOf(database, person), order.orderId);
    expect(seen).toMatchObject({
      state: row.order.state,
      missingMicroVnd: micro(row.order.missing),
      surplusMicroVnd: micro(row.order.surplus),
    });
    expect(await holdingsOf(database.sql, person.orgId)).toMatchObject({
      cycles: isPaid ? 1 : 0,
      grants: row.order.surplus === 0 ? {} : { surplus: micro(row.order.surplus) },
      ...(isPaid ? { limit: micro(PRICE_VND + row.order.surplus) } : {}),
    });
  });

  it("while a part is missing the QR asks for exactly that", async () => {
    const { database } = app;
    const person = await makePerson(database);
    const order = await askFor(database, person, { kind: "top_up", amountVnd: 100_000 });
    expect(order.transfer?.amountMicroVnd).toBe(micro(100_000));
    await deliver(sepayBody({ amount: 60_000, code: order.code }));
    const seen = await getOrder(await ctxOf(database, person), order.orderId);
    expect(seen.transfer).toMatchObject({ amountMicroVnd: micro(40_000), memo: order.code });
    expect(seen.transfer?.qr).toContain("540540000");
    expect(seen.paidMicroVnd).toBe(micro(60_000));
  });

  it("two parts at the same moment complete the price once", async () => {
    const { database } = app;
    const person = await makePerson(database);
    const order = await askFor(database, person, { kind: "top_up", amountVnd: 100_000 });
    const bodies = [60_000, 40_000].map((amount) => sepayBody({ amount, code: order.code }));
    await Promise.all(bodies.map((body) => deliver(body)));
    await applyPayments(database.db, {});
    expect(await holdingsOf(database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(100_000) } },
    });
  });
});
