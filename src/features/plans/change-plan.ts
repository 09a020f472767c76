import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { once } from "@/server/db/once.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { StaffCtx } from "@/server/staff.ts";
import { planTermsOf } from "./list-plan-terms.ts";
import type { ChangePlanInput, PlanTermsView } from "./schema.ts";
import { countSubscribers, findPlanById, lockPlan, updatePlan, type Plan } from "./store.ts";

/**
 * Finance's change of a plan's price, budget ratio or availability, for orders made from now on:
 * orders and cycles that exist keep what they were made with. Audited, once per key. A plan that is
 * withdrawn can no longer be bought; who has it keeps it.
 * @throws DomainError `not_found`, `invalid_input` for the free plan (nothing of it is paid for) or
 * a change of nothing, `idempotency_conflict`.
 */
export async function changePlan(ctx: StaffCtx, input: ChangePlanInput): Promise<PlanTermsView> {
  const { key, ...body } = input;
  return ctx.db.transaction((tx) =>
    once({ db: tx }, { scope: "plan.change", key, body }, () => change(ctx, tx, input)),
  );
}

async function change(
  ctx: StaffCtx,
  tx: Queryable,
  input: ChangePlanInput,
): Promise<PlanTermsView> {
  const { planId, priceVnd, budgetRatioBp, enabled, reason } = input;
  const before = await lockPlan(tx, planId);
  if (before === null) throw new DomainError("not_found", `no plan ${planId}`);
  if (before.billing === "none") {
    throw new DomainError("invalid_input", "the free plan has no price", { field: "planId" });
  }
  const terms = {
    ...(priceVnd === undefined ? {} : { priceMicroVnd: vndToMicroVnd(BigInt(priceVnd)) }),
    ...(budgetRatioBp === undefined ? {} : { budgetRatioBp }),
    ...(enabled === undefined ? {} : { enabled }),
  };
  if (Object.keys(terms).length === 0) {
    throw new DomainError("invalid_input", "nothing of the plan is changed", { field: "planId" });
  }
  await updatePlan(tx, planId, terms);
  const after = present(await findPlanById(tx, planId), "the plan just changed exists");
  await recordChange(tx, {
    actor: ctx.userId,
    action: "plan.change",
    subject: `plan:${planId}`,
    before: audited(before),
    after: audited(after),
    reason,
    requestId: ctx.requestId,
  });
  return planTermsOf(after, await countSubscribers(tx));
}

function audited({ priceMicroVnd, budgetRatioBp, enabled }: Plan) {
  return { priceMicroVnd: priceMicroVnd.toString(), budgetRatioBp, enabled };
}
