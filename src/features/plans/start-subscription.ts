import { randomUUID } from "node:crypto";
import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { chainOf } from "@/domain/entitlement/subscription-chain.ts";
import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { cutRunningPeriod } from "@/features/budgets/cut-and-open.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { beginChain } from "./begin-chain.ts";
import { billingOf } from "./billing-of.ts";
import { findChainAt, findPlanById } from "./store.ts";

export type StartSubscriptionInput = {
  readonly planId: string;
  readonly actor: string;
  readonly reason: string;
  /** The caller's idempotency key; one of its own when not given. */
  readonly key?: string;
};

/** Null on the free plan, which needs no row. */
export type StartedSubscription = {
  readonly anchorAt: string;
  readonly paidUntil: string;
} | null;

/**
 * Puts an organisation on a paid plan from now on, by an operator's word and without a payment: one
 * cycle of a monthly plan, twelve of a yearly one, with the budget the plan gives today. A free
 * period that runs ends now; its holds settle in it.
 * @throws DomainError `not_found` for an unknown plan, `state_conflict` while something is paid for
 * already, `idempotency_conflict`.
 */
export async function startSubscription(
  ctx: TxCtx,
  input: StartSubscriptionInput,
): Promise<StartedSubscription> {
  const { planId, actor, reason, key = randomUUID() } = input;
  const plan = await findPlanById(ctx.db, planId);
  if (plan === null) throw new DomainError("not_found", `no plan ${planId}`);
  const billing = billingOf(plan);
  if (billing === "none") return null;
  const months = billing === "yearly" ? 12 : 1;
  const operation = { scope: `subscription.start:${ctx.orgId}`, key, body: { planId, reason } };
  return withTransaction(ctx, (tx) =>
    once(tx, operation, async () => {
      await lockPeriods(tx);
      const anchorAt = await endFreePeriod(tx);
      const limitMicroVnd = periodLimitMicroVnd({ ...plan, billing });
      const bought = { months, planId, limitMicroVnd, orderId: null };
      const chain = chainOf({ anchorAt, startsAt: null }, months);
      const began = { startsAt: anchorAt, chain, bought, moved: [] };
      const { paidUntil } = await beginChain(tx, began);
      await recordChange(tx.db, {
        actor,
        action: "subscription.start",
        subject: `org:${tx.orgId}`,
        before: null,
        after: { planId, months },
        reason,
        requestId: tx.requestId,
      });
      return { anchorAt: anchorAt.toISOString(), paidUntil: paidUntil.toISOString() };
    }),
  );
}

async function endFreePeriod(tx: TxCtx): Promise<Date> {
  if ((await findChainAt(tx.db, tx.orgId, tx.now)) !== null) {
    throw new DomainError("state_conflict", "the organisation has a paid subscription");
  }
  return (await cutRunningPeriod(tx)).cutAt;
}
