import { DomainError } from "@/domain/errors.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { changeLimit } from "./store.ts";

/**
 * Sets a period's limit and leaves the row that explains it. Lowering it under what is used is
 * legal: running answers settle, the next call is refused.
 * @param input.limitMicroVnd >= 0. @returns the former limit, micro-VND. @throws DomainError
 * `not_found`.
 */
export async function changePeriodLimit(
  ctx: TxCtx,
  input: {
    readonly periodId: string;
    readonly limitMicroVnd: bigint;
    readonly reason: string;
    readonly actor: string;
  },
): Promise<{ readonly oldLimitMicroVnd: bigint }> {
  const changed = await changeLimit(ctx.db, input);
  if (changed === null) throw new DomainError("not_found", "no such budget period");
  return changed;
}
