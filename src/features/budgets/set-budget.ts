import { randomUUID } from "node:crypto";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { applyOverride } from "./apply-override.ts";
import { budgetAmountMicroVnd } from "./schema.ts";

export type SetBudgetInput = {
  readonly amountMicroVnd: bigint;
  readonly reason: string;
  /** Who asks: a user id, or "cli". */
  readonly actor: string;
  /** The caller's idempotency key; one of its own when not given. */
  readonly key?: string;
};

/**
 * Sets the limit of the organisation's present and next budget period, whatever the plan says: an
 * override row that expires with the next period, the present period's new limit with its limit
 * change, and an audit row, together.
 * @param input.amountMicroVnd 0 to 10^18. @returns the present period's id and its former limit,
 * micro-VND.
 * @throws DomainError `idempotency_conflict` for a key used for another amount.
 */
export async function setBudget(ctx: TxCtx, input: SetBudgetInput) {
  const { actor, reason, key = randomUUID() } = input;
  const amountMicroVnd = budgetAmountMicroVnd.parse(input.amountMicroVnd);
  const operation = { scope: `budget.set:${ctx.orgId}`, key, body: { amountMicroVnd, reason } };
  const applied = await withTransaction(ctx, (tx) =>
    once(tx, operation, () =>
      applyOverride(tx, {
        action: "budget.set",
        amountMicroVnd,
        reason,
        actor,
        expiresAt: (period) => addMonths(period.endsAt, 1),
      }),
    ),
  );
  return {
    periodId: applied.periodId,
    oldLimitMicroVnd: BigInt(applied.oldLimitMicroVnd),
  };
}
