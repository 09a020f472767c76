import { monthOf } from "@/domain/time/vietnam-time.ts";
import type { Ctx } from "@/server/ctx.ts";
import type { MonthSummaryView } from "./schema.ts";
import { findSummary } from "./store.ts";

/** The person's present calendar month as sums of their logs; zeros before the first. */
export async function getMonthSummary(ctx: Ctx): Promise<MonthSummaryView> {
  const month = monthOf(ctx.now);
  const row = await findSummary(ctx.db, { orgId: ctx.orgId, userId: ctx.userId, month });
  return {
    month,
    totalQueries: row?.totalQueries ?? 0,
    totalTokens: row?.totalTokens ?? 0,
    totalCostMicroVnd: (row?.totalCostMicroVnd ?? 0n).toString(),
    savedMicroVnd: (row?.savedMicroVnd ?? 0n).toString(),
    simpleQueries: row?.simpleQueries ?? 0,
    mediumQueries: row?.mediumQueries ?? 0,
    complexQueries: row?.complexQueries ?? 0,
  };
}
