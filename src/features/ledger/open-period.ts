import type { Period } from "@/domain/time/vietnam-time.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { findPeriodAt, insertPeriod } from "./store.ts";

export type BudgetPeriod = NonNullable<Awaited<ReturnType<typeof findPeriodAt>>>;

/**
 * Opens the organisation's budget period and returns the one that holds `ctx.now`, whoever made it:
 * of racing openers one row stands (exclusion constraint). The caller gives dates, plan and limit;
 * this verb decides nothing about them.
 * @param input.limitMicroVnd >= 0.
 */
export async function openPeriod(
  ctx: TxCtx,
  input: Period & {
    readonly kind: "calendar" | "cycle";
    readonly planId: string;
    readonly limitMicroVnd: bigint;
  },
): Promise<BudgetPeriod> {
  await insertPeriod(ctx.db, { orgId: ctx.orgId, ...input });
  const period = await findPeriodAt(ctx.db, ctx.orgId, ctx.now);
  if (period === null) throw new Error("the opened period does not hold now");
  return period;
}
