import type { InboxPaymentView } from "../schema.ts";

export type InboxAction = InboxPaymentView["decisions"][number]["action"];

/** One thing finance may do about a transfer now. */
export type InboxChoice = {
  readonly action: InboxAction;
  /** What is undone; null for the other actions. */
  readonly decisionId: string | null;
  /** An order that ran on this money would be taken back. */
  readonly takesBackOrder: boolean;
};

const kept = ["unmatched", "review", "ignored"];

/**
 * What may be decided about a transfer as it stands: the same rules as the verbs', which judge again
 * under the lock. What was decided is undone before anything else is decided; a paid order's money can
 * also be marked for refund.
 */
export function choicesFor(payment: InboxPaymentView): readonly InboxChoice[] {
  const { state, order, decisions } = payment;
  const standing = decisions.filter(({ action, isUndone }) => action !== "undo" && !isUndone);
  const isPaidOrder = state === "applied" && order?.state === "paid";
  const isUndecided = standing.length === 0 && kept.includes(state);
  const choices: InboxChoice[] = [];
  const add = (action: InboxAction, isPossible: boolean, takesBackOrder = false) => {
    if (isPossible) choices.push({ action, decisionId: null, takesBackOrder });
  };
  add("attach", isUndecided && isGoodMoney(payment));
  add("credit", isUndecided && isGoodMoney(payment));
  add("refund", (isUndecided && payment.direction === "in") || isPaidOrder, isPaidOrder);
  add("dismiss", isUndecided && state !== "ignored");
  const undone = standing.find(({ action }) => action === "refund") ?? standing[0];
  if (undone !== undefined) {
    const takesBackOrder = undone.action === "attach" && isPaidOrder;
    choices.push({ action: "undo", decisionId: undone.decisionId, takesBackOrder });
  }
  return choices;
}

function isGoodMoney({ direction, verifiedBy, amountMicroVnd, reason }: InboxPaymentView): boolean {
  const isProven = direction === "in" && verifiedBy !== null && reason !== "wrong_currency";
  return isProven && amountMicroVnd !== null && BigInt(amountMicroVnd) > 0n;
}
