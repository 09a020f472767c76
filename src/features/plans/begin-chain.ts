import { paidUntilOf } from "@/domain/entitlement/subscription-chain.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import {
  endLapsedChains,
  insertChain,
  insertCycles,
  moveCycles,
  updateChain,
  type Cycle,
  type NewCycles,
  type Subscription,
} from "./store.ts";

/** Cycles as they are bought, or given. */
export type BoughtCycles = Pick<NewCycles, "months" | "planId" | "limitMicroVnd" | "orderId">;

/**
 * Begins a chain at `anchorAt` with the bought cycles and, behind them, those of the chain before it
 * that had not begun. Under the organisation's lock.
 * @param input.bought null: only cycles that move. @returns until when it is paid.
 */
export async function beginChain(
  tx: TxCtx,
  input: {
    readonly anchorAt: Date;
    readonly bought: BoughtCycles | null;
    readonly moved: readonly Cycle[];
  },
): Promise<{ readonly paidUntil: Date }> {
  const { anchorAt, bought, moved } = input;
  const planId = bought?.planId ?? moved[0]?.planId;
  if (planId === undefined) throw new Error("a chain has at least one cycle");
  const months = bought?.months ?? 0;
  const paidUntil = paidUntilOf({ anchorAt, cycleCount: months + moved.length });
  const row = { orgId: tx.orgId, planId, anchorAt, paidUntil, state: "active" };
  await endLapsedChains(tx.db, tx.orgId, anchorAt);
  const subscriptionId = await insertChain(tx.db, row);
  if (bought !== null) await insertCycles(tx.db, { ...bought, subscriptionId, firstOrdinal: 0 });
  await moveCycles(tx.db, moved, { subscriptionId, firstOrdinal: months });
  return { paidUntil };
}

/** Ends a chain at an instant; `kept` are the cycles that stay with it, those that had begun. */
export async function endChain(
  tx: TxCtx,
  chain: Subscription,
  end: { readonly endedAt: Date; readonly keptCount: number },
): Promise<void> {
  await updateChain(tx.db, chain.id, {
    state: "ended",
    endedAt: end.endedAt,
    paidUntil: paidUntilOf({ anchorAt: chain.anchorAt, cycleCount: end.keptCount }),
  });
}
