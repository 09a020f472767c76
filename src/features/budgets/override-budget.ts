import { DomainError } from "@/domain/errors.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { applyOverride, type AppliedOverride } from "./apply-override.ts";
import type { OverrideBudgetInput } from "./schema.ts";

/** An override is an exception for a time; ten years are as good as for ever. */
const MONTHS_MAX = 120;

/**
 * Finance's own limit for one customer until an instant: the present period's limit is raised or
 * lowered at once, later periods open with it, and at its end `rollPeriods` gives the plan's limit
 * back. Lowering under what is used is legal: running answers settle, the next call is refused.
 * @param input.key the caller's; a repeat gives the same answer and changes nothing.
 * @throws DomainError `invalid_input` for an end that is not ahead, `idempotency_conflict`.
 */
export async function overrideBudget(
  ctx: TxCtx,
  input: OverrideBudgetInput & { readonly actor: string; readonly key: string },
): Promise<AppliedOverride> {
  const { key, actor, ...body } = input;
  return withTransaction(ctx, (tx) =>
    once(tx, { scope: `budget.override:${ctx.orgId}`, key, body }, () => {
      if (body.expiresAt <= tx.now || body.expiresAt > addMonths(tx.now, MONTHS_MAX)) {
        throw new DomainError("invalid_input", "an override ends in the next ten years", {
          field: "until",
        });
      }
      return applyOverride(tx, {
        action: "budget.override",
        amountMicroVnd: body.amountMicroVnd,
        reason: body.reason,
        actor,
        expiresAt: () => body.expiresAt,
      });
    }),
  );
}
