import {
  begunCycles,
  chainOf,
  cycleStartOf,
  paidUntilOf,
} from "@/domain/entitlement/subscription-chain.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { cutRunningPeriod, openPeriodAt } from "@/features/budgets/cut-and-open.ts";
import { withdrawCarried, withdrawCycle } from "@/features/budgets/withdraw-cycle.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { beginChain, endChain } from "./begin-chain.ts";
import {
  findChainAt,
  listCycles,
  listCyclesOfOrder,
  moveCycles,
  reverseCycles,
  updateChain,
  type Cycle,
  type Subscription,
} from "./store.ts";

export type PlanOrderReversal = {
  readonly orderId: string;
  readonly actor: string;
  readonly reason: string;
};

/**
 * Takes back what a refunded plan order bought: its cycles that have not begun are reversed and
 * those behind them close up; where its cycle runs, that ends now with what is unspent of it taken
 * back, and the cycles of other orders follow at once, or the free plan where there are none. What a
 * newer chain carried over of it is taken back as far as it is unspent. Used history stays, running
 * answers settle. Repeatable.
 */
export async function reversePlanOrder(ctx: TxCtx, reversal: PlanOrderReversal): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await lockPeriods(tx);
    const bought = await listCyclesOfOrder(tx.db, reversal.orderId);
    const mine = bought.filter(({ chain }) => chain.orgId === tx.orgId);
    if (mine.length === 0 || mine.some(({ cycle }) => cycle.reversedAt !== null)) return;
    const chain = await findChainAt(tx.db, tx.orgId, tx.now);
    if (chain !== null) await reverseInChain(tx, chain, reversal);
    for (const { cycle, chain: past } of mine) {
      if (past.state !== "ended" || past.endedAt === null) continue;
      await withdrawCarried(tx, {
        ...{ cycleId: cycle.id, actor: reversal.actor, reason: reversal.reason },
        startsAt: cycleStartOf(past, cycle.ordinal),
        endsAt: earlier(addMonths(past.anchorAt, cycle.ordinal + 1), past.endedAt),
      });
    }
    await recordChange(tx.db, {
      actor: reversal.actor,
      action: "subscription.reverse",
      subject: `org:${tx.orgId}`,
      before: { orderId: reversal.orderId, paidUntil: chain?.paidUntil.toISOString() ?? null },
      after: {
        orderId: reversal.orderId,
        paidUntil: (await findChainAt(tx.db, tx.orgId, tx.now))?.paidUntil.toISOString() ?? null,
      },
      reason: reversal.reason,
      requestId: tx.requestId,
    });
  });
}

async function reverseInChain(
  tx: TxCtx,
  chain: Subscription,
  reversal: PlanOrderReversal,
): Promise<void> {
  const cycles = await listCycles(tx.db, chain.id);
  // A chain of this very moment may begin a little ahead of `tx.now`.
  const began = chain.startsAt ?? chain.anchorAt;
  const at = began > tx.now ? began : tx.now;
  const held = chainOf(chain, cycles.length);
  const begun = begunCycles(held, at);
  const isOf = ({ orderId }: Cycle) => orderId === reversal.orderId;
  const ahead = cycles.slice(begun);
  await reverseCycles(tx.db, ahead.filter(isOf), at);
  const left = ahead.filter((cycle) => !isOf(cycle));
  const running = cycles[begun - 1];
  if (running !== undefined && isOf(running)) {
    await endRunning(tx, { chain, running, keptCount: begun - 1, left, reversal });
    return;
  }
  await moveCycles(tx.db, left, {
    subscriptionId: chain.id,
    firstOrdinal: held.firstOrdinal + begun,
  });
  const paidUntil = paidUntilOf(chainOf(chain, begun + left.length));
  await updateChain(tx.db, chain.id, { paidUntil });
}

async function endRunning(
  tx: TxCtx,
  input: {
    readonly chain: Subscription;
    readonly running: Cycle;
    readonly keptCount: number;
    readonly left: readonly Cycle[];
    readonly reversal: PlanOrderReversal;
  },
): Promise<void> {
  const { chain, running, keptCount, left, reversal } = input;
  const { cutAt, cut } = await cutRunningPeriod(tx);
  if (cut !== null) {
    await withdrawCycle(tx, {
      ...{ periodId: cut.id, cycleId: running.id, limitMicroVnd: running.limitMicroVnd },
      ...{ reason: reversal.reason, actor: reversal.actor },
    });
  }
  await reverseCycles(tx.db, [running], cutAt);
  if (left.length > 0) {
    const fresh = chainOf({ anchorAt: cutAt, startsAt: null }, left.length);
    await beginChain(tx, { startsAt: cutAt, chain: fresh, bought: null, moved: left });
  }
  await endChain(tx, chain, { endedAt: cutAt, keptCount });
  if (left.length > 0) await openPeriodAt(tx, cutAt);
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
