import { recordChange } from "@/features/audit/record-change.ts";
import { changePeriodLimit } from "@/features/ledger/change-period-limit.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import type { BudgetPeriod } from "@/features/ledger/open-period.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { openCurrentPeriod } from "./open-current-period.ts";
import { insertOverride } from "./store.ts";

export type AppliedOverride = {
  readonly overrideId: string;
  readonly periodId: string;
  readonly oldLimitMicroVnd: string;
  readonly limitMicroVnd: string;
  readonly expiresAt: string;
};

/**
 * Writes an override, the present period's new limit with the row that explains it, and the audit
 * row, in the caller's transaction.
 * @param input.expiresAt from the present period, whose end it may depend on.
 */
export async function applyOverride(
  tx: TxCtx,
  input: {
    readonly action: "budget.set" | "budget.override";
    readonly amountMicroVnd: bigint;
    readonly reason: string;
    readonly actor: string;
    readonly expiresAt: (period: BudgetPeriod) => Date;
  },
): Promise<AppliedOverride> {
  await lockPeriods(tx);
  const period = await openCurrentPeriod(tx);
  const { action, amountMicroVnd, reason, actor } = input;
  const expiresAt = input.expiresAt(period);
  const override = { orgId: tx.orgId, amountMicroVnd, reason, expiresAt, actor };
  const overrideId = await insertOverride(tx.db, override);
  const { oldLimitMicroVnd } = await changePeriodLimit(tx, {
    periodId: period.id,
    limitMicroVnd: amountMicroVnd,
    reason,
    actor,
  });
  await recordChange(tx.db, {
    actor,
    action,
    subject: `org:${tx.orgId}`,
    before: { limitMicroVnd: oldLimitMicroVnd.toString() },
    after: {
      limitMicroVnd: amountMicroVnd.toString(),
      until: expiresAt.toISOString(),
      overrideId,
    },
    reason,
    requestId: tx.requestId,
  });
  return {
    overrideId,
    periodId: period.id,
    oldLimitMicroVnd: oldLimitMicroVnd.toString(),
    limitMicroVnd: amountMicroVnd.toString(),
    expiresAt: expiresAt.toISOString(),
  };
}
