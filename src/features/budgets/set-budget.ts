import { addMonths } from "@/domain/time/vietnam-time.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { changePeriodLimit } from "@/features/ledger/change-period-limit.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { openCurrentPeriod } from "./open-current-period.ts";
import { insertOverride } from "./store.ts";

export type SetBudgetInput = {
  readonly amountMicroVnd: bigint;
  readonly reason: string;
  /** Who asks: a user id, or "cli". */
  readonly actor: string;
};

/**
 * Sets the limit of the organisation's present and next budget period, whatever the plan says: an
 * override row that expires with the next period, the present period's new limit with its limit
 * change, and an audit row, together.
 * @param input.amountMicroVnd >= 0. @returns the present period's id and its former limit,
 * micro-VND.
 */
export async function setBudget(ctx: TxCtx, input: SetBudgetInput) {
  return withTransaction(ctx, async (tx) => {
    const period = await openCurrentPeriod(tx);
    const expiresAt = addMonths(period.endsAt, 1);
    await insertOverride(tx.db, { orgId: ctx.orgId, expiresAt, ...input });
    const { oldLimitMicroVnd } = await changePeriodLimit(tx, {
      periodId: period.id,
      limitMicroVnd: input.amountMicroVnd,
      reason: input.reason,
      actor: input.actor,
    });
    await recordChange(tx.db, {
      actor: input.actor,
      action: "budget.set",
      subject: `org:${ctx.orgId}`,
      before: { limitMicroVnd: oldLimitMicroVnd.toString() },
      after: { limitMicroVnd: input.amountMicroVnd.toString(), until: expiresAt.toISOString() },
      reason: input.reason,
      requestId: ctx.requestId,
    });
    return { periodId: period.id, oldLimitMicroVnd };
  });
}
