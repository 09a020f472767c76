import { monthOf } from "@/domain/time/vietnam-time.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { addToSummary, type NewUsageLog } from "./store.ts";

/** The period's figures to keep beside the month's sums; micro-VND. */
export type PeriodSnapshot = {
  readonly planId: string;
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly remainingMicroVnd: bigint;
};

/**
 * Adds newly written logs to their person's calendar month (Asia/Ho_Chi_Minh) in the settling
 * transaction, so that the summary equals the sum of the logs at every commit. A query is a final
 * attempt of a chat call.
 */
export async function addToMonth(
  ctx: TxCtx,
  logs: readonly NewUsageLog[],
  period: PeriodSnapshot,
): Promise<void> {
  for (const log of logs) {
    const isQuery = log.purpose === "chat" && log.isFinalAttempt;
    const countOf = (label: string) => (isQuery && log.queryComplexity === label ? 1 : 0);
    await addToSummary(ctx.db, {
      orgId: log.orgId,
      userId: log.userId,
      month: monthOf(log.occurredAt),
      queries: isQuery ? 1 : 0,
      tokens: log.totalTokens,
      costPicoUsd: log.costPicoUsd,
      costMicroVnd: log.costMicroVnd,
      savedMicroVnd: log.savedMicroVnd,
      simple: countOf("simple"),
      medium: countOf("medium"),
      complex: countOf("complex"),
      ...period,
    });
  }
}
