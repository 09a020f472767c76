import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { maxBigint } from "@/domain/money/division.ts";
import type { PaymentReason } from "@/domain/payments/payment-reasons.ts";
import { postNotice } from "@/features/alerts/post-notice.ts";
import { addGrant } from "@/features/budgets/add-grant.ts";
import { applyPlanOrder } from "@/features/plans/apply-plan-order.ts";
import type { Queryable, TxCtx } from "@/server/db/with-transaction.ts";
import { actForOrder } from "./act-for-order.ts";
import { moveOrder, type OrderRow } from "./store-orders.ts";
import { applyParts, setFate } from "./store-payments.ts";

const ACTOR = "payments";

export type SettledOrder = {
  readonly isPaid: boolean;
  /** Beyond the price, credited to the budget; 0 while a part is missing. */
  readonly surplusMicroVnd: bigint;
};

/**
 * Books one good transfer for an order, in the caller's transaction, which holds the locks of both
 * (payment → order, `lockOrder`). Below the price it is a part that counts: the payment waits
 * (`unmatched`, `short`), the order is partly paid. With it the price is full: the payment and the
 * parts before it are applied, the order is paid, and what it buys begins: the plan's cycles or the
 * top-up's grant; what came beyond the price becomes a grant (`surplus`). All of it or nothing.
 * @param input.payment.amountMicroVnd > 0; not yet counted for this order. @param input.reason why
 * the transfer had to wait, which stays on it. @param input.decidedBy a person of finance, or null.
 * @throws DomainError `state_conflict` for an order that is paid or refunded, or when its period
 * only just began: to be tried again in a new transaction.
 */
export async function settleOrder(
  tx: { readonly db: Queryable; readonly now: Date; readonly requestId: string },
  input: {
    readonly payment: { readonly id: string; readonly amountMicroVnd: bigint };
    readonly order: OrderRow;
    readonly reason: PaymentReason | null;
    readonly decidedBy: string | null;
  },
): Promise<SettledOrder> {
  const { payment, order, reason, decidedBy } = input;
  const receivedMicroVnd = order.paidMicroVnd + payment.amountMicroVnd;
  const link = { paymentId: payment.id, orderId: order.id, orgId: order.orgId, decidedBy };
  if (order.state === "paid" || order.state === "refunded") {
    throw new DomainError("state_conflict", `order ${order.code} is ${order.state}`);
  }
  if (receivedMicroVnd < order.priceMicroVnd) {
    await setFate(tx.db, { ...link, state: "unmatched", reason: "short" });
    await moveOrder(tx.db, { orderId: order.id, from: ["open"], to: "partially_paid" });
    return { isPaid: false, surplusMicroVnd: 0n };
  }
  const surplusMicroVnd = maxBigint(0n, receivedMicroVnd - order.priceMicroVnd);
  const over = surplusMicroVnd > 0n ? "over" : null;
  const isMoved = await moveOrder(tx.db, {
    orderId: order.id,
    from: ["open", "partially_paid", "expired", "cancelled"],
    to: "paid",
  });
  if (!isMoved) throw new DomainError("state_conflict", `order ${order.code} was paid meanwhile`);
  await setFate(tx.db, { ...link, state: "applied", reason: reason ?? over });
  await applyParts(tx.db, order);
  const ctx = actForOrder(tx, order);
  const startsAt = await entitle(ctx, order);
  await creditSurplus(ctx, { order, paymentId: payment.id, surplusMicroVnd });
  await tellPayer(ctx, { order, receivedMicroVnd, startsAt });
  return { isPaid: true, surplusMicroVnd };
}

/** What was bought begins. @returns when, for a plan. */
async function entitle(ctx: TxCtx, order: OrderRow): Promise<Date | null> {
  if (order.kind === "top_up") {
    await addGrant(ctx, {
      amountMicroVnd: order.priceMicroVnd,
      cause: "top_up",
      causeId: order.id,
      reason: `order ${order.code}`,
      actor: ACTOR,
    });
    return null;
  }
  const { startsAt } = await applyPlanOrder(ctx, {
    orderId: order.id,
    snapshot: present(order.planSnapshot, "an order of a plan keeps it"),
    starts: present(order.starts, "an order of a plan says when it starts"),
  });
  return startsAt;
}

async function creditSurplus(
  ctx: TxCtx,
  paid: {
    readonly order: OrderRow;
    readonly paymentId: string;
    readonly surplusMicroVnd: bigint;
  },
): Promise<void> {
  if (paid.surplusMicroVnd === 0n) return;
  await addGrant(ctx, {
    amountMicroVnd: paid.surplusMicroVnd,
    cause: "surplus",
    causeId: paid.paymentId,
    reason: `paid beyond the price of order ${paid.order.code}`,
    actor: ACTOR,
  });
}

async function tellPayer(
  ctx: TxCtx,
  paid: {
    readonly order: OrderRow;
    readonly receivedMicroVnd: bigint;
    readonly startsAt: Date | null;
  },
): Promise<void> {
  const { order, receivedMicroVnd, startsAt } = paid;
  await postNotice(ctx.db, {
    kind: "payment_received",
    dedupeKey: `payment_received:${order.id}`,
    payload: {
      kind: "payment_received",
      orgId: order.orgId,
      orderCode: order.code,
      amountMicroVnd: receivedMicroVnd.toString(),
      tier: TIERS.find((tier) => tier === order.planSnapshot?.tier) ?? null,
      startsAt: startsAt?.toISOString() ?? null,
    },
  });
}

/** What the mail can name; a text that cannot be written never holds money up. */
const TIERS = ["free", "starter", "premium", "ultimate"] as const;
