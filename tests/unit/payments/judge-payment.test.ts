import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  judgePayment,
  type OrderFacts,
  type OrderState,
  type PaymentFacts,
} from "@/domain/payments/judge-payment.ts";
import type { TransferDirection } from "@/domain/payments/transfer-notice.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";

const now = new Date("2026-11-21T05:00:00Z");
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);
const days = (count: number) => hours(count * 24);
const price = vndToMicroVnd(99_000n);
const [A, B] = ["PHO7K2M9QX5", "PHOB4TRW6H5"];

const order: OrderFacts = {
  orderId: "a",
  code: A,
  state: "open",
  priceMicroVnd: price,
  paidMicroVnd: 0n,
  createdAt: hours(-1),
  expiresAt: hours(23),
};
const other: OrderFacts = { ...order, orderId: "b", code: B, createdAt: hours(-2) };

const good: PaymentFacts = {
  direction: "in",
  amountMicroVnd: price,
  currency: "VND",
  accountNumber: "1017588888",
  subAccount: "",
  occurredAt: now,
  receivedAt: now,
  isVerified: true,
  codes: [A],
  looksLikeTest: false,
  hasSameReference: false,
  accounts: ["1017588888", "VA9"],
  orders: [order],
  now,
};

const judge = (change: Partial<PaymentFacts>) => judgePayment({ ...good, ...change });
const kept = (state: string, reason: string, orderId: string | null = null) => ({
  kind: "keep",
  state,
  reason,
  orderId,
});
const applied = (orderId: string, surplusMicroVnd = 0n) => ({
  kind: "apply",
  orderId,
  surplusMicroVnd,
});

describe("judging a transfer", () => {
  it("applies good money that names an open order", () => {
    expect(judge({})).toEqual(applied("a"));
    expect(judge({ accountNumber: "999", subAccount: "VA9" })).toEqual(applied("a"));
    expect(judge({ occurredAt: null })).toEqual(applied("a"));
  });

  it.each<[string, Partial<PaymentFacts>]>([
    ["unknown_direction", { direction: "unknown" }],
    ["wrong_amount", { amountMicroVnd: null }],
    ["wrong_amount", { amountMicroVnd: 0n }],
    ["wrong_amount", { amountMicroVnd: -price }],
    ["wrong_currency", { currency: "USD" }],
    ["wrong_account", { accountNumber: "1017588889" }],
    ["wrong_account", { accountNumber: "", subAccount: "" }],
    ["wrong_account", { accountNumber: "", subAccount: "", accounts: [""] }],
    ["wrong_account", { accounts: [] }],
    ["wrong_date", { occurredAt: new Date(days(1).getTime() + 1) }],
    ["wrong_date", { occurredAt: new Date(days(-62).getTime() - 1) }],
    ["stale_signature", { isVerified: false }],
    ["same_reference", { hasSameReference: true }],
    ["two_codes", { codes: [A, B], orders: [order, other] }],
  ])("leaves %s to a person: %o", (reason, change) => {
    expect(judge(change)).toEqual(kept("review", reason));
  });

  it("takes an instant a day ahead and 62 days back", () => {
    const expiresAt = days(2);
    const orders = [{ ...order, expiresAt }];
    expect(judge({ occurredAt: days(1), orders })).toEqual(applied("a"));
    expect(judge({ occurredAt: days(-62), orders })).toEqual(applied("a"));
  });

  it("matches nothing without an order of ours, and never by the amount", () => {
    expect(judge({ codes: [] })).toEqual(kept("unmatched", "no_code"));
    expect(judge({ codes: [B] })).toEqual(kept("unmatched", "unknown_code"));
    expect(judge({ codes: [], looksLikeTest: true })).toEqual(kept("ignored", "test_send"));
    expect(judge({ codes: [B], looksLikeTest: true })).toEqual(kept("ignored", "test_send"));
  });

  it("applies what looks like a test when it names an order", () => {
    expect(judge({ looksLikeTest: true })).toEqual(applied("a"));
  });

  it("tells money that left from money that came", () => {
    expect(judge({ direction: "out" })).toEqual(kept("ignored", "money_out"));
    expect(judge({ direction: "out", codes: [] })).toEqual(kept("ignored", "money_out"));
    const orders = [{ ...order, state: "paid" as const }];
    expect(judge({ direction: "out", orders })).toEqual(kept("review", "refund_notice", "a"));
  });

  it("counts parts until they make the price, and gives back no đồng of what is beyond it", () => {
    const part = judge({ amountMicroVnd: 1n });
    expect(part).toEqual({ kind: "part", orderId: "a", missingMicroVnd: price - 1n });
    const orders = [{ ...order, state: "partially_paid" as const, paidMicroVnd: price - 5n }];
    expect(judge({ amountMicroVnd: 4n, orders })).toMatchObject({
      kind: "part",
      missingMicroVnd: 1n,
    });
    expect(judge({ amountMicroVnd: 5n, orders })).toEqual(applied("a"));
    expect(judge({ amountMicroVnd: 12n, orders })).toEqual(applied("a", 7n));
  });

  it.each<[OrderState, string]>([
    ["paid", "already_paid"],
    ["refunded", "already_paid"],
    ["cancelled", "late"],
  ])("keeps money for an order that is %s", (state, reason) => {
    expect(judge({ orders: [{ ...order, state }] })).toEqual(kept("unmatched", reason, "a"));
  });

  it("asks when it was paid, not when we heard of it", () => {
    const lapsed = { ...order, state: "expired" as const, expiresAt: hours(-1) };
    const orders = [lapsed];
    expect(judge({ orders, occurredAt: hours(-2) })).toEqual(applied("a"));
    expect(judge({ orders, occurredAt: hours(-1) })).toEqual(kept("unmatched", "late", "a"));
    expect(judge({ orders, occurredAt: null })).toEqual(kept("unmatched", "late", "a"));
    expect(judge({ orders, occurredAt: null, receivedAt: hours(-2) })).toEqual(applied("a"));
  });

  it("of two orders named, takes the one that is open", () => {
    const codes = [B, A];
    const paid = { ...other, state: "paid" as const };
    expect(judge({ codes, orders: [paid, order] })).toEqual(applied("a"));
    const bothPaid = [paid, { ...order, state: "paid" as const }];
    expect(judge({ codes, orders: bothPaid })).toEqual(kept("unmatched", "already_paid", "a"));
  });

  it("looks only at orders the text names", () => {
    expect(judge({ orders: [other] })).toEqual(kept("unmatched", "unknown_code"));
  });

  it("never applies anything but verified đồng, in, to our account, for an order that can be paid", () => {
    const anyOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
    const facts = fc.record({
      direction: anyOf<TransferDirection>("in", "out", "unknown"),
      amountMicroVnd: anyOf(null, 0n, -1n, 1n, price, price * 2n),
      currency: anyOf("VND", "USD"),
      accountNumber: anyOf("1017588888", "666", ""),
      isVerified: fc.boolean(),
      hasSameReference: fc.boolean(),
      looksLikeTest: fc.boolean(),
      codes: anyOf([], [A], [B], [A, B]),
      occurredAt: anyOf(null, now, days(-63), days(2), hours(-30)),
      state: anyOf<OrderState>(
        "open",
        "partially_paid",
        "paid",
        "expired",
        "cancelled",
        "refunded",
      ),
    });
    fc.assert(
      fc.property(facts, ({ state, ...change }) => {
        const verdict = judge({ ...change, orders: [{ ...order, state }, other] });
        if (verdict.kind === "keep") return;
        expect(change).toMatchObject({ direction: "in", currency: "VND", isVerified: true });
        expect(change.accountNumber).toBe("1017588888");
        expect(change.amountMicroVnd ?? 0n).toBeGreaterThan(0n);
        const target = verdict.orderId === "a" ? state : other.state;
        expect(["open", "partially_paid", "expired"]).toContain(target);
        if (verdict.kind === "apply")
          expect(change.amountMicroVnd).toBe(price + verdict.surplusMicroVnd);
      }),
      { numRuns: 2_000 },
    );
  });
});
