import {
  chainOf,
  cycleStartOf,
  paidUntilOf,
  placeOrder,
  type OrderPlacement,
} from "@/domain/entitlement/subscription-chain.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { cutRunningPeriod, openPeriodAt } from "@/features/budgets/cut-and-open.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { beginChain, endChain, type BoughtCycles } from "./begin-chain.ts";
import type { OrderStarts } from "./schema.ts";
import {
  findChainAt,
  insertCycles,
  listCycles,
  listCyclesOfOrder,
  updateChain,
  type PlanSnapshot,
  type Subscription,
} from "./store.ts";

/** A plan order whose price has come, with the plan as it was ordered. */
export type PaidPlanOrder = {
  readonly orderId: string;
  readonly snapshot: PlanSnapshot;
  readonly starts: OrderStarts;
};

const ACTOR = "payments";

/**
 * Gives the organisation the cycles an order paid for: behind what is paid for already, or at once:
 * then the running period is cut, its unspent paid part carried over, a new chain anchored and its
 * first period opened. Plan and budget are the order's own, whatever the plan is by now. A repeat
 * changes nothing. Messages do not wait for it, and what is being answered settles where it began.
 * @returns when the first of its cycles begins.
 */
export async function applyPlanOrder(
  ctx: TxCtx,
  order: PaidPlanOrder,
): Promise<{ readonly startsAt: Date }> {
  return withTransaction(ctx, async (tx) => {
    await lockPeriods(tx);
    const [first] = await listCyclesOfOrder(tx.db, order.orderId);
    if (first !== undefined) {
      return { startsAt: cycleStartOf(first.chain, first.cycle.ordinal) };
    }
    const { snapshot } = order;
    const bought = {
      months: snapshot.months,
      planId: snapshot.planId,
      limitMicroVnd: BigInt(snapshot.cycleLimitMicroVnd),
      orderId: order.orderId,
    };
    const chain = await findChainAt(tx.db, tx.orgId, tx.now);
    const isBehind = order.starts === "period_end" && chain !== null;
    const startsAt = isBehind ? await append(tx, chain, bought) : await restart(tx, chain, bought);
    return { startsAt };
  });
}

async function append(tx: TxCtx, chain: Subscription, bought: BoughtCycles): Promise<Date> {
  const cycles = await listCycles(tx.db, chain.id);
  const held = chainOf(chain, cycles.length);
  const placement = placeOrder({
    chain: held,
    starts: "period_end",
    months: bought.months,
    now: tx.now,
  });
  await insertCycles(tx.db, {
    ...bought,
    subscriptionId: chain.id,
    firstOrdinal: held.firstOrdinal + held.cycleCount,
  });
  // Who renews wants to stay: a cancelled chain is active again.
  await updateChain(tx.db, chain.id, {
    paidUntil: paidUntilOf(placement.chain),
    state: "active",
  });
  await audit(tx, bought, { chain, placement });
  return placement.startsAt;
}

async function restart(tx: TxCtx, chain: Subscription | null, bought: BoughtCycles): Promise<Date> {
  const { cutAt } = await cutRunningPeriod(tx);
  const cycles = chain === null ? [] : await listCycles(tx.db, chain.id);
  const placement = placeOrder({
    chain: chain === null ? null : chainOf(chain, cycles.length),
    starts: "now",
    months: bought.months,
    now: cutAt,
  });
  if (placement.kind !== "restart") throw new Error("an order that starts now begins a chain");
  const moved = cycles.slice(placement.begunCount);
  await beginChain(tx, { startsAt: cutAt, chain: placement.chain, bought, moved });
  if (chain !== null) {
    await endChain(tx, chain, { endedAt: cutAt, keptCount: placement.begunCount });
  }
  await audit(tx, bought, { chain, placement });
  await openPeriodAt(tx, cutAt);
  return cutAt;
}

async function audit(
  tx: TxCtx,
  bought: BoughtCycles,
  did: { readonly chain: Subscription | null; readonly placement: OrderPlacement },
): Promise<void> {
  const { chain, placement } = did;
  await recordChange(tx.db, {
    actor: ACTOR,
    action: placement.kind === "append" ? "subscription.extend" : "subscription.start",
    subject: `org:${tx.orgId}`,
    before:
      chain === null ? null : { planId: chain.planId, paidUntil: chain.paidUntil.toISOString() },
    after: {
      ...{ planId: bought.planId, months: bought.months, orderId: bought.orderId },
      startsAt: placement.startsAt.toISOString(),
      paidUntil: paidUntilOf(placement.chain).toISOString(),
    },
    reason: "an order was paid",
    requestId: tx.requestId,
  });
}
