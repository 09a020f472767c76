import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachPayment } from "@/features/payments/attach-payment.ts";
import { creditPayment } from "@/features/payments/credit-payment.ts";
import { dismissPayment } from "@/features/payments/dismiss-payment.ts";
import { markForRefund } from "@/features/payments/refund-payment.ts";
import { undoDecision } from "@/features/payments/undo-decision.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { auditOf, because, makeStaff, receive, staffCtx, stateOf } from "../support/finance.ts";
import { askFor, holdingsOf, micro } from "../support/paying.ts";
import { sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;
let finance: Person;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
  finance = await makeStaff(app.database);
});

afterAll(() => app.stop());

const ctx = () => staffCtx(app.database, finance);
const holdings = (person: Person) => holdingsOf(app.database.sql, person.orgId);
const state = (paymentId: string) => stateOf(app.database, paymentId);

const credit = async (paymentId: string, person: Person, word = because()) =>
  creditPayment(await ctx(), { paymentId, email: person.email, ...word });
const dismiss = async (paymentId: string) =>
  dismissPayment(await ctx(), { paymentId, ...because() });
const refund = async (paymentId: string, word = because("khách đổi ý")) =>
  markForRefund(await ctx(), { paymentId, ...word });
const undo = async (decisionId: string) => undoDecision(await ctx(), { decisionId, ...because() });

/** A transfer whose text names nobody. */
const nameless = (amount = 50_000) => receive(app.database, { amount, content: "ung ho quan" });
const topUpFor = (person: Person, amountVnd = 100_000) =>
  askFor(app.database, person, { kind: "top_up", amountVnd });

const waiting = { state: "unmatched", reason: "no_code", order: null, decidedBy: null };

describe("a transfer credited to a customer", () => {
  it("becomes their budget, whole, and keeps its reason", async () => {
    const person = await makePerson(app.database);
    const before = BigInt((await holdings(person)).limit ?? "5000000000");
    const paymentId = await nameless();
    await credit(paymentId, person);
    expect(await state(paymentId)).toMatchObject({ state: "applied", reason: "no_code" });
    const now = await holdings(person);
    expect(now.grants).toEqual({ credit: micro(50_000) });
    expect(BigInt(now.limit ?? "0")).toBe(before + 50_000_000_000n);
    expect(await auditOf(app.database, paymentId)).toMatchObject([
      {
        ...{ action: "payment.credit", actor: finance.userId, reason: "khách gửi biên lai" },
        before: { state: "unmatched", reason: "no_code", orgId: null },
        after: { state: "applied", orgId: person.orgId, amountMicroVnd: micro(50_000) },
      },
    ]);
  });

  it("is credited once, whatever the keys; a repeat gives the first answer", async () => {
    const person = await makePerson(app.database);
    const paymentId = await nameless();
    const word = because();
    const [first, again] = [
      await credit(paymentId, person, word),
      await credit(paymentId, person, word),
    ];
    expect(again).toEqual(first);
    await expect(credit(paymentId, person)).rejects.toMatchObject({ code: "state_conflict" });
    await expect(credit(paymentId, finance, word)).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    const raced = await nameless();
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => credit(raced, person)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await holdings(person)).grants).toEqual({ credit: micro(100_000) });
  });

  it("undone, is taken back and can be given to another", async () => {
    const [wrong, right] = [await makePerson(app.database), await makePerson(app.database)];
    const paymentId = await nameless();
    const { decisionId } = await credit(paymentId, wrong);
    await undo(decisionId);
    expect(await state(paymentId)).toEqual(waiting);
    expect((await holdings(wrong)).grants).toEqual({
      ...{ credit: micro(50_000), reversal: `-${micro(50_000)}` },
    });
    await credit(paymentId, right);
    expect((await holdings(right)).grants).toEqual({ credit: micro(50_000) });
    expect((await auditOf(app.database, paymentId)).map(({ action }) => action)).toEqual([
      ...["payment.credit", "payment.undo", "payment.credit"],
    ]);
  });

  it("leaves the order it was a part of, and comes back to it when undone", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await receive(app.database, { amount: 30_000, code: order.code });
    const { decisionId } = await credit(paymentId, person);
    expect((await holdings(person)).orders).toEqual(["open"]);
    await undo(decisionId);
    expect(await state(paymentId)).toMatchObject({ reason: "short", order: order.code });
    expect((await holdings(person)).orders).toEqual(["partially_paid"]);
    await receive(app.database, { amount: 70_000, code: order.code });
    expect((await holdings(person)).orders).toEqual(["paid"]);
  });

  it("must be proven money that came in, for somebody we know", async () => {
    const person = await makePerson(app.database);
    const out = await receive(app.database, { direction: "out" });
    await expect(credit(out, person)).rejects.toMatchObject({ code: "state_conflict" });
    const nobody = { ...person, email: "khong-co@pho.example" };
    const paymentId = await nameless();
    await expect(credit(paymentId, nobody)).rejects.toMatchObject({ code: "not_found" });
    expect(await state(paymentId)).toEqual(waiting);
    expect((await holdings(person)).grants).toEqual({});
  });
});

describe("a transfer dismissed or marked for refund", () => {
  it("waits no longer, and waits again when that is undone", async () => {
    for (const decide of [dismiss, refund]) {
      const paymentId = await nameless();
      const { decisionId } = await decide(paymentId);
      expect(await state(paymentId)).toMatchObject({ state: "ignored", reason: "no_code" });
      await expect(dismiss(paymentId)).rejects.toMatchObject({ code: "state_conflict" });
      await undo(decisionId);
      expect(await state(paymentId)).toEqual(waiting);
    }
  });

  it("is not marked for refund when it never came in", async () => {
    const out = await receive(app.database, { direction: "out" });
    await expect(refund(out)).rejects.toMatchObject({ code: "state_conflict" });
  });
});

describe("the refund of a paid order", () => {
  it("takes back what it bought and marks all of its transfers, once", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const parts = [
      await receive(app.database, { amount: 30_000, code: order.code }),
      await receive(app.database, { amount: 90_000, code: order.code }),
    ];
    const word = because("khách đổi ý");
    await Promise.all(parts.map((paymentId) => refund(paymentId, word).catch(() => undefined)));
    expect((await holdings(person)).orders).toEqual(["refunded"]);
    const { grants } = await holdings(person);
    expect(grants).toEqual({
      ...{ top_up: micro(100_000), surplus: micro(20_000), reversal: `-${micro(120_000)}` },
    });
    for (const paymentId of parts) {
      expect(await state(paymentId)).toMatchObject({ state: "applied", decidedBy: finance.userId });
      expect(await auditOf(app.database, paymentId)).toMatchObject([{ action: "payment.refund" }]);
      await expect(refund(paymentId)).rejects.toMatchObject({ code: "state_conflict" });
    }
  });

  it("undone, leaves the order refunded and its money waiting for another", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await receive(app.database, { amount: 100_000, code: order.code });
    const { decisionId } = await refund(paymentId);
    await undo(decisionId);
    expect(await state(paymentId)).toEqual({
      ...{ state: "unmatched", reason: "already_paid", order: order.code, decidedBy: null },
    });
    const next = await topUpFor(person);
    await attachPayment(await ctx(), { paymentId, orderCode: next.code, ...because() });
    expect((await holdings(person)).orders).toEqual(["refunded", "paid"]);
  });

  it("of a match by hand is undone before the match", async () => {
    const person = await makePerson(app.database);
    const order = await topUpFor(person);
    const paymentId = await nameless(100_000);
    const match = await attachPayment(await ctx(), {
      ...{ paymentId, orderCode: order.code, ...because() },
    });
    const back = await refund(paymentId);
    await expect(undo(match.decisionId)).rejects.toMatchObject({ code: "state_conflict" });
    await undo(back.decisionId);
    expect(await state(paymentId)).toEqual(waiting);
    await expect(undo(match.decisionId)).rejects.toMatchObject({ code: "state_conflict" });
  });
});
