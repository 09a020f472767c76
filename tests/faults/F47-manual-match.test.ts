import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachPayment } from "@/features/payments/attach-payment.ts";
import { cancelOrder } from "@/features/payments/cancel-order.ts";
import { undoDecision } from "@/features/payments/undo-decision.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { auditOf, because, makeStaff, receive, staffCtx, stateOf } from "../support/finance.ts";
import { askFor, ctxOf, holdingsOf, micro } from "../support/paying.ts";
import { sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;
let finance: Person;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
  finance = await makeStaff(app.database);
});

afterAll(() => app.stop());

type Word = { readonly reason: string; readonly key: string };

const attach = async (paymentId: string, orderCode: string, word: Word = because()) =>
  attachPayment(await staffCtx(app.database, finance), { paymentId, orderCode, ...word });

const undo = async (decisionId: string, word: Word = because("gắn nhầm khách")) =>
  undoDecision(await staffCtx(app.database, finance), { decisionId, ...word });

const premiumFor = (person: Person) =>
  askFor(app.database, person, { kind: "plan", planId: "premium", starts: "now" });

const topUpFor = (person: Person, amountVnd = 100_000) =>
  askFor(app.database, person, { kind: "top_up", amountVnd });

const holdings = (person: Person) => holdingsOf(app.database.sql, person.orgId);
const state = (paymentId: string) => stateOf(app.database, paymentId);

/** A transfer whose text names nobody. */
const nameless = (amount: number) => receive(app.database, { amount, content: "chuyen tien" });

describe("F47 a person of finance matches by hand", () => {
  it("the order is paid by what its text did not say, and the transfer keeps its reason", async () => {
    const person = await makePerson(app.database);
    const order = await premiumFor(person);
    const paymentId = await nameless(99_000);
    expect(await state(paymentId)).toMatchObject({ state: "unmatched", reason: "no_code" });
    const written = `${order.code.slice(0, 5).toLowerCase()} ${order.code.slice(5)}`;
    const done = await attach(paymentId, written);
    expect(done).toMatchObject({ paymentId, state: "applied", orderId: order.orderId });
    expect(await state(paymentId)).toEqual({
      ...{ state: "applied", reason: "no_code", order: order.code, decidedBy: finance.userId },
    });
    expect(await holdings(person)).toMatchObject({
      ...{ orders: ["paid"], cycles: 1, limit: micro(99_000) },
    });
  });

  it("writes down who, what, from what, to what and why", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await nameless(100_000);
    const { decisionId } = await attach(paymentId, order.code, because("biên lai số 12"));
    expect(await auditOf(app.database, paymentId)).toEqual([
      {
        action: "payment.attach",
        actor: finance.userId,
        reason: "biên lai số 12",
        before: { state: "unmatched", reason: "no_code", orderId: null, orgId: null },
        after: {
          ...{ state: "applied", reason: "no_code", orderId: order.orderId, orgId: person.orgId },
          ...{ decisionId, orderCode: order.code, orderState: "paid" },
          ...{ amountMicroVnd: micro(100_000), surplusMicroVnd: "0" },
        },
      },
    ]);
  });

  it("one key sent 20 times at once, two keys at once: matched once", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await nameless(100_000);
    const word = because();
    const same = await Promise.all(
      Array.from({ length: 20 }, () => attach(paymentId, order.code, word)),
    );
    expect(new Set(same.map(({ decisionId }) => decisionId)).size).toBe(1);
    const others = await Promise.allSettled(
      Array.from({ length: 4 }, () => attach(paymentId, order.code)),
    );
    for (const other of others) {
      expect(other).toMatchObject({ status: "rejected", reason: { code: "state_conflict" } });
    }
    expect((await holdings(person)).grants).toEqual({ top_up: micro(100_000) });
    expect(await auditOf(app.database, paymentId)).toHaveLength(1);
    await expect(attach(paymentId, order.code, { ...word, reason: "khác" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });

  it("undone: the order is refunded, what it gave is taken back, the transfer waits as it did", async () => {
    const person = await makePerson(app.database);
    const order = await premiumFor(person);
    const paymentId = await nameless(120_000);
    const { decisionId } = await attach(paymentId, order.code);
    expect((await holdings(person)).grants).toEqual({ surplus: micro(21_000) });
    const word = because("gắn nhầm khách");
    const undone = await Promise.all([undo(decisionId, word), undo(decisionId, word)]);
    expect(undone[0]).toEqual(undone[1]);
    expect(await state(paymentId)).toEqual({
      ...{ state: "unmatched", reason: "no_code", order: null, decidedBy: null },
    });
    expect(await holdings(person)).toMatchObject({ orders: ["refunded"], cycles: 0 });
    expect((await holdings(person)).limit).not.toBe(micro(99_000));
    await expect(undo(decisionId)).rejects.toMatchObject({ code: "state_conflict" });
    expect((await auditOf(app.database, paymentId)).map(({ action }) => action)).toEqual([
      ...["payment.attach", "payment.undo"],
    ]);

    const right = await makePerson(app.database);
    const rightOrder = await premiumFor(right);
    await attach(paymentId, rightOrder.code);
    expect(await holdings(right)).toMatchObject({ orders: ["paid"], cycles: 1 });
  });

  it("two transfers make one price; undoing one sends both back, each with its reason", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const [first, second] = [await nameless(40_000), await nameless(70_000)];
    const part = await attach(first, order.code);
    expect(part.state).toBe("unmatched");
    expect((await holdings(person)).orders).toEqual(["partially_paid"]);
    const whole = await attach(second, order.code);
    expect(await state(first)).toMatchObject({ state: "applied", order: order.code });
    expect((await holdings(person)).grants).toEqual({
      ...{ top_up: micro(100_000), surplus: micro(10_000) },
    });
    await undo(whole.decisionId);
    for (const paymentId of [first, second]) {
      expect(await state(paymentId)).toEqual({
        ...{ state: "unmatched", reason: "no_code", order: null, decidedBy: null },
      });
    }
    expect((await holdings(person)).orders).toEqual(["refunded"]);
    await expect(undo(part.decisionId)).rejects.toMatchObject({ code: "state_conflict" });
  });

  it("a part is undone: its order waits for the whole price again", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await nameless(40_000);
    const { decisionId } = await attach(paymentId, order.code);
    await undo(decisionId);
    expect((await holdings(person)).orders).toEqual(["open"]);
    expect(await state(paymentId)).toMatchObject({ state: "unmatched", reason: "no_code" });
    await receive(app.database, { amount: 100_000, code: order.code });
    expect(await holdings(person)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(100_000) } },
    });
  });

  it("a transfer for a cancelled order is honoured at the old price", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    await cancelOrder(await ctxOf(app.database, person), order.orderId);
    const paymentId = await receive(app.database, { amount: 100_000, code: order.code });
    expect(await state(paymentId)).toMatchObject({ reason: "late", order: order.code });
    const { decisionId } = await attach(paymentId, order.code);
    expect(await state(paymentId)).toMatchObject({ state: "applied", reason: "late" });
    expect((await holdings(person)).orders).toEqual(["paid"]);
    await undo(decisionId);
    expect(await state(paymentId)).toMatchObject({
      ...{ state: "unmatched", reason: "late", order: order.code },
    });
  });
});

describe("F47 what cannot be matched by hand stays as it is", () => {
  it("to an order that is paid, to no order, to no code, without proof", async () => {
    const person = await makePerson(app.database);
    const [paid, open] = [await topUpFor(person), await topUpFor(person, 50_000)];
    await receive(app.database, { amount: 100_000, code: paid.code });
    const paymentId = await nameless(50_000);
    const refused = async (orderCode: string, code: string, id = paymentId) => {
      const before = await state(id);
      await expect(attach(id, orderCode)).rejects.toMatchObject({ code });
      expect(await state(id)).toEqual(before);
    };
    await refused(paid.code, "state_conflict");
    await refused("PHO7K2M9QX5", "not_found");
    await refused(open.code.replace(/.$/, "0"), "invalid_input");
    await refused(`${open.code} ${paid.code}`, "invalid_input");
    await refused(open.code, "state_conflict", await receive(app.database, { direction: "out" }));
    await expect(attach(randomUUID(), open.code)).rejects.toMatchObject({ code: "not_found" });
    const part = await receive(app.database, { amount: 20_000, code: open.code });
    await refused(open.code, "state_conflict", part);
    expect((await holdings(person)).orders.toSorted()).toEqual(["paid", "partially_paid"]);
  });
});
