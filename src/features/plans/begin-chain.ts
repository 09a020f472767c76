import { chainOf, paidUntilOf, type Chain } from "@/domain/entitlement/subscription-chain.ts";
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
 * Begins a chain at an instant with the bought cycles and, behind them, those of the chain before it
 * that had not begun. Under the organisation's lock.
 * @param input.chain where its cycles are counted from. @param input.bought null: only cycles that
 * move. @returns until when it is paid.
 */
export async function beginChain(
  tx: TxCtx,
  input: {
    readonly startsAt: Date;
    readonly chain: Chain;
    readonly bought: BoughtCycles | null;
    readonly moved: readonly Cycle[];
  },
): Promise<{ readonly paidUntil: Date }> {
  const { startsAt, chain, bought, moved } = input;
  const planId = bought?.planId ?? moved[0]?.planId;
  if (planId === undefined) throw new Error("a chain has at least one cycle");
  const { anchorAt, firstOrdinal } = chain;
  const paidUntil = paidUntilOf(chain);
  await endLapsedChains(tx.db, tx.orgId, startsAt);
  const subscriptionId = await insertChain(tx.db, {
    ...{ orgId: tx.orgId, planId, anchorAt, paidUntil, state: "active" },
    startsAt: startsAt.getTime() === anchorAt.getTime() ? null : startsAt,
  });
  if (bought !== null) await insertCycles(tx.db, { ...bought, subscriptionId, firstOrdinal });
  const behind = firstOrdinal + (bought?.months ?? 0);
  await moveCycles(tx.db, moved, { subscriptionId, firstOrdinal: behind });
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
    paidUntil: paidUntilOf(chainOf(chain, end.keptCount)),
  });
}
