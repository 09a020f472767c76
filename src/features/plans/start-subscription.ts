import { DomainError } from "@/domain/errors.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { findPlanById, insertSubscription } from "./store.ts";

/**
 * Puts an organisation that has no budget period yet on a paid plan from now on, by an operator's
 * word and without a payment: one month of a monthly plan, twelve of a yearly one. The free plan
 * needs no row.
 * @throws DomainError `not_found` for an unknown plan.
 */
export async function startSubscription(
  ctx: TxCtx,
  input: { readonly planId: string; readonly actor: string; readonly reason: string },
): Promise<void> {
  const plan = await findPlanById(ctx.db, input.planId);
  if (plan === null) throw new DomainError("not_found", `no plan ${input.planId}`);
  if (plan.billing === "none") return;
  const months = plan.billing === "yearly" ? 12 : 1;
  await withTransaction(ctx, async (tx) => {
    await insertSubscription(tx.db, {
      orgId: ctx.orgId,
      planId: plan.id,
      anchorAt: ctx.now,
      paidUntil: addMonths(ctx.now, months),
      state: "active",
    });
    await recordChange(tx.db, {
      actor: input.actor,
      action: "subscription.start",
      subject: `org:${ctx.orgId}`,
      before: null,
      after: { planId: plan.id, months },
      reason: input.reason,
      requestId: ctx.requestId,
    });
  });
}
