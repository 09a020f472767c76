import type { PaymentReason } from "./payment-reasons.ts";
import type { TransferDirection } from "./transfer-notice.ts";

export type OrderState = "open" | "partially_paid" | "paid" | "expired" | "cancelled" | "refunded";

export type OrderFacts = {
  readonly orderId: string;
  readonly code: string;
  readonly state: OrderState;
  readonly priceMicroVnd: bigint;
  /** Good money that came for it so far, without the transfer that is judged. */
  readonly paidMicroVnd: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

export type PaymentFacts = {
  readonly direction: TransferDirection;
  readonly amountMicroVnd: bigint | null;
  readonly currency: string;
  readonly accountNumber: string;
  readonly subAccount: string;
  /** When the bank booked it, by its own word. */
  readonly occurredAt: Date | null;
  /** When we first heard of it. */
  readonly receivedAt: Date;
  /** A fresh signature or the bank's list vouches for it. */
  readonly isVerified: boolean;
  /** As `findOrderCodes` gives them. */
  readonly codes: readonly string[];
  /** As `isTestSend` says. */
  readonly looksLikeTest: boolean;
  /** Another transfer to this account with this very reference was applied or counts already. */
  readonly hasSameReference: boolean;
  /** Our accounts and virtual accounts; none known: every transfer is to a wrong one. */
  readonly accounts: readonly string[];
  /** The orders that have one of the codes. */
  readonly orders: readonly OrderFacts[];
  readonly now: Date;
};

export type PaymentVerdict =
  | {
      readonly kind: "apply";
      readonly orderId: string;
      /** What came beyond the price, >= 0. */
      readonly surplusMicroVnd: bigint;
    }
  | {
      readonly kind: "part";
      readonly orderId: string;
      /** What is still to come, > 0. */
      readonly missingMicroVnd: bigint;
    }
  | {
      readonly kind: "keep";
      readonly state: "unmatched" | "ignored" | "review";
      readonly reason: PaymentReason;
      readonly orderId: string | null;
    };

const DAY_MS = 86_400_000;
/** A bank's clock may be off, a day at most. */
const AHEAD_MS_MAX = DAY_MS;
/** No bank is told of so late. */
const BACK_MS_MAX = 62 * DAY_MS;

/**
 * Decides what becomes of a transfer: it pays an order in full, it is a part of the price, or it is
 * kept with the reason why it is not applied. Only good money that names one order of ours applies;
 * an amount alone never matches. Nothing is thrown away.
 */
export function judgePayment(facts: PaymentFacts): PaymentVerdict {
  const orders = facts.orders.filter(({ code }) => facts.codes.includes(code));
  if (facts.direction === "out") return judgeMoneyOut(orders);
  const fault = faultOfTransfer(facts);
  if (fault !== null) return keep("review", fault);
  if (orders.length === 0) {
    if (facts.looksLikeTest) return keep("ignored", "test_send");
    return keep("unmatched", facts.codes.length === 0 ? "no_code" : "unknown_code");
  }
  if (facts.hasSameReference) return keep("review", "same_reference");
  const open = orders.filter(isOpen);
  if (open.length > 1) return keep("review", "two_codes");
  const order = open[0] ?? newestOf(orders);
  return order === null ? keep("unmatched", "unknown_code") : judgeForOrder(facts, order);
}

/** Money that leaves is never ours to apply; one that names a paid order is shown as its refund. */
function judgeMoneyOut(orders: readonly OrderFacts[]): PaymentVerdict {
  const paid = newestOf(orders.filter(({ state }) => state === "paid"));
  if (paid === null) return keep("ignored", "money_out");
  return keep("review", "refund_notice", paid.orderId);
}

/** What is wrong with the transfer itself, whatever it is for. */
function faultOfTransfer(facts: PaymentFacts): PaymentReason | null {
  if (facts.direction === "unknown") return "unknown_direction";
  if (facts.amountMicroVnd === null || facts.amountMicroVnd <= 0n) return "wrong_amount";
  if (facts.currency !== "VND") return "wrong_currency";
  if (!isOurAccount(facts)) return "wrong_account";
  if (!isPlausible(facts)) return "wrong_date";
  return facts.isVerified ? null : "stale_signature";
}

/** A virtual account stands in front of one of ours: one of the two has to be known. */
function isOurAccount({ accounts, accountNumber, subAccount }: PaymentFacts): boolean {
  return [accountNumber, subAccount].some((number) => number !== "" && accounts.includes(number));
}

function isPlausible({ occurredAt, now }: PaymentFacts): boolean {
  if (occurredAt === null) return true;
  const aheadMs = occurredAt.getTime() - now.getTime();
  return aheadMs <= AHEAD_MS_MAX && aheadMs >= -BACK_MS_MAX;
}

function judgeForOrder(facts: PaymentFacts, order: OrderFacts): PaymentVerdict {
  const { orderId, state, priceMicroVnd } = order;
  if (state === "paid" || state === "refunded") return keep("unmatched", "already_paid", orderId);
  const paidAt = facts.occurredAt ?? facts.receivedAt;
  if (state === "cancelled" || paidAt >= order.expiresAt) return keep("unmatched", "late", orderId);
  const paidMicroVnd = order.paidMicroVnd + (facts.amountMicroVnd ?? 0n);
  if (paidMicroVnd < priceMicroVnd) {
    return { kind: "part", orderId, missingMicroVnd: priceMicroVnd - paidMicroVnd };
  }
  return { kind: "apply", orderId, surplusMicroVnd: paidMicroVnd - priceMicroVnd };
}

const isOpen = ({ state }: OrderFacts) => state === "open" || state === "partially_paid";

function newestOf(orders: readonly OrderFacts[]): OrderFacts | null {
  const [newest] = orders.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return newest ?? null;
}

function keep(
  state: "unmatched" | "ignored" | "review",
  reason: PaymentReason,
  orderId: string | null = null,
): PaymentVerdict {
  return { kind: "keep", state, reason, orderId };
}
