import { z } from "zod";
import { paymentReasons } from "@/domain/payments/payment-reasons.ts";
import { cleanText } from "@/domain/text/clean-text.ts";

/** Money as decimal strings of micro-VND, times as ISO 8601 UTC. */
const money = z.string();
const instant = z.string();

export const orderStates = [
  "open",
  "partially_paid",
  "paid",
  "expired",
  "cancelled",
  "refunded",
] as const;

/** How to pay: all that a person types or scans. null where bank transfers are not configured. */
export const transferView = z.object({
  bankBin: z.string(),
  bankName: z.string(),
  accountNumber: z.string(),
  /** What is still to be paid. */
  amountMicroVnd: money,
  memo: z.string(),
  /** The VietQR text. */
  qr: z.string(),
});
export type TransferView = z.output<typeof transferView>;

export const orderView = z.object({
  orderId: z.uuid(),
  code: z.string(),
  kind: z.enum(["plan", "top_up"]),
  planId: z.string().nullable(),
  tier: z.string().nullable(),
  billing: z.enum(["monthly", "yearly"]).nullable(),
  priceMicroVnd: money,
  /** Verified money that came for it, whole. */
  paidMicroVnd: money,
  /** 0 when paid. */
  missingMicroVnd: money,
  /** What came beyond the price and was credited to the budget. */
  surplusMicroVnd: money,
  starts: z.enum(["now", "period_end"]).nullable(),
  /** When its first cycle begins; before it is paid: as things stand. null for a top-up. */
  startsAt: instant.nullable(),
  state: z.enum(orderStates),
  expiresAt: instant,
  paidAt: instant.nullable(),
  createdAt: instant,
  transfer: transferView.nullable(),
});
export type OrderView = z.output<typeof orderView>;

/** A printable confirmation of a paid order. */
export const confirmationView = z.object({
  order: orderView,
  payerName: z.string(),
  payments: z.array(
    z.object({ amountMicroVnd: money, occurredAt: instant, referenceCode: z.string() }),
  ),
});
export type ConfirmationView = z.output<typeof confirmationView>;

/** Top-ups on offer, whole đồng. */
export const topUpAmountsVnd = [20_000, 50_000, 100_000, 200_000] as const;

export const openOrderInput = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("plan"),
    planId: z.string().min(1).max(60),
    starts: z.enum(["now", "period_end"]),
  }),
  z.strictObject({
    kind: z.literal("top_up"),
    amountVnd: z.number().int().min(10_000).max(50_000_000),
  }),
]);
export type OpenOrderInput = z.output<typeof openOrderInput>;

export const orderInput = z.strictObject({ orderId: z.uuid() });

/** Providers with a payment page of their own. */
export const checkoutProviders = ["payos", "stripe"] as const;
export type CheckoutProvider = (typeof checkoutProviders)[number];

/** How money can come; a list of none and no transfer: nothing is sold at present. */
export const waysToPayView = z.object({
  isTransferOpen: z.boolean(),
  checkouts: z.array(z.enum(checkoutProviders)),
});
export type WaysToPayView = z.output<typeof waysToPayView>;

export const openCheckoutInput = z.strictObject({
  orderId: z.uuid(),
  provider: z.enum(checkoutProviders),
});
export type OpenCheckoutInput = z.output<typeof openCheckoutInput>;

/** Where the browser goes to pay. */
export const checkoutView = z.object({ url: z.url() });
export type CheckoutView = z.output<typeof checkoutView>;

export const listOrdersInput = z.strictObject({
  page: z.number().int().min(1).max(10_000).default(1),
  pageSize: z.number().int().min(1).max(50).default(10),
});
export const ordersView = z.object({ total: z.number().int(), orders: z.array(orderView) });
export type OrdersView = z.output<typeof ordersView>;

/** A transfer as finance sees it. */
export const inboxPaymentView = z.object({
  paymentId: z.uuid(),
  state: z.enum(["received", "applied", "unmatched", "ignored", "review"]),
  reason: z.enum(paymentReasons).nullable(),
  provider: z.string(),
  direction: z.enum(["in", "out", "unknown"]),
  amountMicroVnd: money.nullable(),
  accountNumber: z.string(),
  subAccount: z.string(),
  content: z.string(),
  referenceCode: z.string(),
  occurredAt: instant.nullable(),
  receivedAt: instant,
  verifiedBy: z.string().nullable(),
  /** Whether the bank's list has it too. */
  isOnBankList: z.boolean(),
  order: z
    .object({
      orderId: z.uuid(),
      code: z.string(),
      state: z.enum(orderStates),
      priceMicroVnd: money,
      paidMicroVnd: money,
    })
    .nullable(),
  /** Whose it is, where known. */
  customer: z.object({ orgId: z.uuid(), name: z.string(), email: z.string() }).nullable(),
  /** Newest first. */
  decisions: z.array(
    z.object({
      decisionId: z.uuid(),
      action: z.enum(["attach", "credit", "refund", "dismiss", "undo"]),
      actor: z.string(),
      reason: z.string(),
      createdAt: instant,
      isUndone: z.boolean(),
    }),
  ),
});
export type InboxPaymentView = z.output<typeof inboxPaymentView>;

export const listInboxInput = z.strictObject({
  /** open: waits for a decision; decided: has one; all: every transfer. */
  show: z.enum(["open", "decided", "all"]).default("open"),
  reason: z.enum(paymentReasons).nullable().default(null),
  search: z.string().max(100).transform(cleanText).default(""),
  page: z.number().int().min(1).max(10_000).default(1),
  pageSize: z.number().int().min(1).max(100).default(20),
});
export const inboxView = z.object({
  total: z.number().int(),
  /** Of all that wait, whatever the filter. */
  openCount: z.number().int(),
  openMicroVnd: money,
  payments: z.array(inboxPaymentView),
});
export type InboxView = z.output<typeof inboxView>;

const words = z.string().transform(cleanText).pipe(z.string().trim().min(3).max(500));
const decision = { paymentId: z.uuid(), reason: words, key: z.uuid() };

export const attachPaymentInput = z.strictObject({
  ...decision,
  orderCode: z.string().min(1).max(40),
});
export const creditPaymentInput = z.strictObject({ ...decision, email: z.email() });
export const decidePaymentInput = z.strictObject(decision);
export const undoDecisionInput = z.strictObject({
  decisionId: z.uuid(),
  reason: words,
  key: z.uuid(),
});

/** One Vietnamese day, three ways: our payments, the bank's lines, the orders. */
export const reconciliationView = z.object({
  day: z.string(),
  isConfigured: z.boolean(),
  lastReadAt: instant.nullable(),
  /** null: the bank was not asked about this day (yet). */
  bankLines: z.object({ count: z.number().int(), amountMicroVnd: money }).nullable(),
  payments: z.object({ count: z.number().int(), amountMicroVnd: money, appliedMicroVnd: money }),
  orders: z.object({ count: z.number().int(), amountMicroVnd: money }),
  differences: z.array(
    z.object({
      kind: z.enum(["line_without_payment", "payment_without_line", "order_without_money"]),
      id: z.string(),
      amountMicroVnd: money,
      occurredAt: instant.nullable(),
      text: z.string(),
    }),
  ),
});
export type ReconciliationView = z.output<typeof reconciliationView>;
