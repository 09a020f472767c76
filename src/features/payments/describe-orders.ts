import { cycleStartOf } from "@/domain/entitlement/subscription-chain.ts";
import { maxBigint } from "@/domain/money/division.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { env } from "@/server/env.ts";
import { describeTransfer } from "./describe-transfer.ts";
import type { OrderView } from "./schema.ts";
import { findPaidUntil, listCyclesOf, type OrderRow } from "./store-orders.ts";

/**
 * Orders as their payer sees them. When the first cycle begins is read from the chain of a paid
 * one; before that it is said as things stand. An order whose time is over shows as expired, also
 * before the job says so.
 */
export async function describeOrders(
  ctx: TxCtx,
  rows: readonly OrderRow[],
): Promise<readonly OrderView[]> {
  const isAsked = rows.some((order) => order.starts === "period_end" && order.paidAt === null);
  const paidUntil = isAsked ? await findPaidUntil(ctx.db, ctx.orgId, ctx.now) : null;
  const begins = await findBegins(ctx, rows);
  return rows.map((order) => {
    const planned = order.starts === "period_end" ? (paidUntil ?? ctx.now) : ctx.now;
    const startsAt = order.paidAt === null ? planned : (begins.get(order.id) ?? null);
    return describe(order, { now: ctx.now, startsAt: order.kind === "plan" ? startsAt : null });
  });
}

/** When the earliest cycle of each paid order begins. */
async function findBegins(
  ctx: TxCtx,
  rows: readonly OrderRow[],
): Promise<ReadonlyMap<string | null, Date>> {
  const bought = rows.filter(({ kind, paidAt }) => kind === "plan" && paidAt !== null);
  const ids = bought.map(({ id }) => id);
  const begins = new Map<string | null, Date>();
  for (const { orderId, ordinal, ...chain } of await listCyclesOf(ctx.db, ids)) {
    const startsAt = cycleStartOf(chain, ordinal);
    const earliest = begins.get(orderId);
    if (earliest === undefined || startsAt < earliest) begins.set(orderId, startsAt);
  }
  return begins;
}

function describe(
  order: OrderRow,
  at: { readonly now: Date; readonly startsAt: Date | null },
): OrderView {
  const isLiving = order.state === "open" || order.state === "partially_paid";
  const isPayable = isLiving && order.expiresAt > at.now;
  const missingMicroVnd =
    order.paidAt === null ? maxBigint(0n, order.priceMicroVnd - order.paidMicroVnd) : 0n;
  const surplusMicroVnd =
    order.paidAt === null ? 0n : maxBigint(0n, order.paidMicroVnd - order.priceMicroVnd);
  return {
    orderId: order.id,
    code: order.code,
    kind: order.kind,
    planId: order.planId,
    tier: order.planSnapshot?.tier ?? null,
    billing: order.planSnapshot?.billing ?? null,
    priceMicroVnd: order.priceMicroVnd.toString(),
    paidMicroVnd: order.paidMicroVnd.toString(),
    missingMicroVnd: missingMicroVnd.toString(),
    surplusMicroVnd: surplusMicroVnd.toString(),
    starts: order.starts,
    startsAt: at.startsAt?.toISOString() ?? null,
    state: isLiving && !isPayable ? "expired" : order.state,
    expiresAt: order.expiresAt.toISOString(),
    paidAt: order.paidAt?.toISOString() ?? null,
    createdAt: order.createdAt.toISOString(),
    transfer: isPayable
      ? describeTransfer(env(), { code: order.code, amountMicroVnd: missingMicroVnd })
      : null,
  };
}
