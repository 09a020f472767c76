import { describe, expect, it } from "vitest";
import type { InboxPaymentView } from "@/features/payments/schema.ts";
import { choicesFor } from "@/features/payments/ui/inbox-actions.ts";

const instant = "2026-11-21T03:00:00.000Z";

const nameless: InboxPaymentView = {
  ...{ paymentId: "p", state: "unmatched", reason: "no_code", provider: "sepay", direction: "in" },
  ...{ amountMicroVnd: "50000000000", accountNumber: "1", subAccount: "", content: "" },
  ...{ referenceCode: "", occurredAt: instant, receivedAt: instant, verifiedBy: "hmac" },
  ...{ isOnBankList: false, order: null, customer: null, decisions: [] },
};

const decided = (
  action: InboxPaymentView["decisions"][number]["action"],
  isUndone = false,
): InboxPaymentView["decisions"][number] => ({
  ...{ decisionId: action, action, actor: "Hà", reason: "vì thế", createdAt: instant, isUndone },
});

const order = (state: NonNullable<InboxPaymentView["order"]>["state"]) => ({
  ...{ orderId: "o", code: "PHO", state, priceMicroVnd: "1", paidMicroVnd: "1" },
});

const offered = (payment: Partial<InboxPaymentView>) =>
  choicesFor({ ...nameless, ...payment }).map(
    ({ action, takesBackOrder }) => `${action}${takesBackOrder ? " with its order" : ""}`,
  );

describe("what finance may do about a transfer", () => {
  const rows: readonly (readonly [string, Partial<InboxPaymentView>, readonly string[]])[] = [
    ["money that waits", {}, ["attach", "credit", "refund", "dismiss"]],
    [
      "a part of a price",
      { reason: "short", order: order("partially_paid") },
      ["attach", "credit", "refund", "dismiss"],
    ],
    ["money nobody has proven", { state: "review", verifiedBy: null }, ["refund", "dismiss"]],
    ["another currency", { state: "review", reason: "wrong_currency" }, ["refund", "dismiss"]],
    ["no amount", { state: "review", amountMicroVnd: null }, ["refund", "dismiss"]],
    ["money out", { state: "review", direction: "out", reason: "refund_notice" }, ["dismiss"]],
    ["a test send", { state: "ignored", reason: "test_send" }, ["attach", "credit", "refund"]],
    ["what is being applied", { state: "received" }, []],
    ["a paid order's money", { state: "applied", order: order("paid") }, ["refund with its order"]],
    [
      "a paid order's money, matched by hand",
      { state: "applied", order: order("paid"), decisions: [decided("attach")] },
      ["refund with its order", "undo with its order"],
    ],
    [
      "a part matched by hand",
      { order: order("partially_paid"), decisions: [decided("attach")] },
      ["undo"],
    ],
    ["a credit", { state: "applied", decisions: [decided("credit")] }, ["undo"]],
    ["what was dismissed", { state: "ignored", decisions: [decided("dismiss")] }, ["undo"]],
    [
      "a refunded match",
      {
        state: "applied",
        order: order("refunded"),
        decisions: [decided("refund"), decided("attach")],
      },
      ["undo"],
    ],
    [
      "what was undone",
      { decisions: [decided("undo"), decided("credit", true)] },
      ["attach", "credit", "refund", "dismiss"],
    ],
  ];

  it.each(rows)("%s", (_name, payment, actions) => {
    expect(offered(payment)).toEqual(actions);
  });

  it("undoes the refund before the match it stands on", () => {
    const decisions = [decided("attach"), decided("refund")];
    const [undo] = choicesFor({
      ...nameless,
      state: "applied",
      order: order("refunded"),
      decisions,
    });
    expect(undo).toMatchObject({ action: "undo", decisionId: "refund" });
  });
});
