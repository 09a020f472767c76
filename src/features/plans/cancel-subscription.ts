import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { getSubscription } from "./get-subscription.ts";
import type { SubscriptionView } from "./schema.ts";
import { findChainAt, updateChain } from "./store.ts";

/**
 * Says that the paid plan is not to be renewed, or takes that back: it runs to the end of what is
 * paid for either way; a cancelled one is not reminded of. Audited; a repeat changes nothing.
 * @throws DomainError `state_conflict` where nothing is paid for.
 */
export async function cancelSubscription(
  ctx: TxCtx,
  input: { readonly isCancelled: boolean },
): Promise<SubscriptionView> {
  const state = input.isCancelled ? "cancelled" : "active";
  await withTransaction(ctx, async (tx) => {
    await lockPeriods(tx);
    const chain = await findChainAt(tx.db, tx.orgId, tx.now);
    if (chain === null) throw new DomainError("state_conflict", "nothing is paid for");
    if (chain.state === state) return;
    await updateChain(tx.db, chain.id, { state });
    await recordChange(tx.db, {
      actor: ctx.userId,
      action: input.isCancelled ? "subscription.cancel" : "subscription.resume",
      subject: `org:${tx.orgId}`,
      before: { state: chain.state },
      after: { state, paidUntil: chain.paidUntil.toISOString() },
      reason: "the customer's own word",
      requestId: tx.requestId,
    });
  });
  return getSubscription(ctx);
}
