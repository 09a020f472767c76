import { randomInt } from "node:crypto";
import { DomainError } from "@/domain/errors.ts";
import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeOrderCode } from "@/domain/payments/order-code.ts";
import type { Ctx } from "@/server/ctx.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { getOrder } from "./get-order.ts";
import type { OpenOrderInput, OrderView } from "./schema.ts";
import {
  endOverdueOrders,
  findLivingOrder,
  findPaidUntil,
  findSoldPlan,
  insertOrder,
  lockOrder,
  lockOrdersOf,
  moveOrder,
  type OrderRow,
} from "./store-orders.ts";
import { expectWayToPay } from "./get-ways-to-pay.ts";

const DAY_MS = 86_400_000;

/** How long an order waits for its money. */
const ORDER_MS = DAY_MS;

/** Of 31^7 codes a taken one is drawn about never. */
const CODE_DRAWS_MAX = 5;

const OVERDUE_MAX = 100;

type NewOrder = Omit<Parameters<typeof insertOrder>[1], "code" | "orgId" | "userId" | "expiresAt">;

/**
 * Asks for money: an order with its own code, the price and the plan as they are now, and a day to
 * pay. The living order for the same plan (same start, same price) or the same top-up is given
 * again; another start or price takes its place, unless parts were paid on it already: then it
 * stays. Committed before anybody sees the code. From free or lapsed a plan always starts `now`.
 * @throws DomainError `not_found` for a plan that is not sold; `provider_not_configured` while
 * there is no way to pay it.
 */
export async function openOrder(ctx: Ctx, input: OpenOrderInput): Promise<OrderView> {
  expectWayToPay();
  return withTransaction(ctx, async (tx) => {
    await lockOrdersOf(tx.db, tx.orgId);
    await endOverdueOrders(tx.db, { orgId: tx.orgId, limit: OVERDUE_MAX });
    const orderId =
      input.kind === "plan" ? await openPlanOrder(tx, input) : await openTopUp(tx, input.amountVnd);
    return getOrder(tx, orderId);
  });
}

async function openPlanOrder(
  tx: TxCtx,
  wish: { readonly planId: string; readonly starts: "now" | "period_end" },
): Promise<string> {
  const plan = await findSoldPlan(tx.db, wish.planId);
  if (plan === null) throw new DomainError("not_found", `no plan ${wish.planId} is sold`);
  const isPaidAhead = (await findPaidUntil(tx.db, tx.orgId, tx.now)) !== null;
  const starts = isPaidAhead ? wish.starts : "now";
  const living = await findLivingOrder(tx.db, { orgId: tx.orgId, planId: plan.id });
  const isSame = living?.starts === starts && living.priceMicroVnd === plan.priceMicroVnd;
  if (living !== null && (isSame || !(await withdraw(tx, living)))) return living.id;
  const billing = plan.billing === "yearly" ? "yearly" : "monthly";
  return insertWithCode(tx, {
    kind: "plan",
    planId: plan.id,
    planSnapshot: {
      planId: plan.id,
      tier: plan.tier,
      billing,
      months: billing === "yearly" ? 12 : 1,
      budgetRatioBp: plan.budgetRatioBp,
      cycleLimitMicroVnd: periodLimitMicroVnd({ ...plan, billing }).toString(),
    },
    priceMicroVnd: plan.priceMicroVnd,
    starts,
  });
}

/** @returns whether it is withdrawn: nothing had been paid on it. */
async function withdraw(tx: TxCtx, living: OrderRow): Promise<boolean> {
  const order = await lockOrder(tx.db, living.id);
  if (order?.paidMicroVnd !== 0n) return false;
  return moveOrder(tx.db, { orderId: living.id, from: ["open"], to: "cancelled" });
}

async function openTopUp(tx: TxCtx, amountVnd: number): Promise<string> {
  const priceMicroVnd = vndToMicroVnd(BigInt(amountVnd));
  const living = await findLivingOrder(tx.db, { orgId: tx.orgId, priceMicroVnd });
  return living?.id ?? insertWithCode(tx, { kind: "top_up", priceMicroVnd });
}

async function insertWithCode(tx: TxCtx, order: NewOrder): Promise<string> {
  for (let draw = 1; draw <= CODE_DRAWS_MAX; draw += 1) {
    const orderId = await insertOrder(tx.db, {
      ...order,
      code: makeOrderCode((max) => randomInt(max)),
      orgId: tx.orgId,
      userId: tx.userId,
      expiresAt: new Date(tx.now.getTime() + ORDER_MS),
    });
    if (orderId !== null) return orderId;
  }
  throw new DomainError("overloaded", "no free order code was drawn");
}
