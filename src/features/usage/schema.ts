import { z } from "zod";
import { cleanText } from "@/domain/text/clean-text.ts";

/** Filters of the usage history; `month` is `YYYY-MM` in Asia/Ho_Chi_Minh; pages start at 1. */
export const usageHistoryInput = z.strictObject({
  page: z.number().int().min(1).max(100_000).default(1),
  pageSize: z.number().int().min(5).max(100).default(20),
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
    .optional(),
  modelId: z.string().max(200).transform(cleanText).optional(),
  complexity: z.enum(["simple", "medium", "complex"]).optional(),
});
export type UsageHistoryInput = z.output<typeof usageHistoryInput>;

/** One provider call, or one correction, as booked. Money as decimal strings of micro-VND. */
export const usageLogView = z.object({
  id: z.string(),
  turnId: z.string().nullable(),
  conversationId: z.string().nullable(),
  kind: z.enum(["usage", "adjustment"]),
  purpose: z.string(),
  provider: z.string(),
  modelId: z.string(),
  servedModel: z.string().nullable(),
  complexity: z.enum(["simple", "medium", "complex"]).nullable(),
  tokens: z.object({
    freshInput: z.number(),
    cachedInput: z.number(),
    cacheWrite: z.number(),
    output: z.number(),
    reasoning: z.number(),
  }),
  costMicroVnd: z.string(),
  savedMicroVnd: z.string(),
  source: z.enum(["reported", "estimated", "manual"]),
  /** Why an adjustment was made; null on ordinary rows. */
  reason: z.enum(["failed_answer", "late_usage", "manual"]).nullable(),
  occurredAt: z.string(),
});
export type UsageLogView = z.output<typeof usageLogView>;

/**
 * `totalCostMicroVnd` is the sum over all rows of the filter, not of the page. `modelIds`: for the
 * filter's list.
 */
export const usageHistoryView = z.object({
  rows: z.array(usageLogView),
  totalRows: z.number(),
  totalCostMicroVnd: z.string(),
  modelIds: z.array(z.string()),
});
export type UsageHistoryView = z.output<typeof usageHistoryView>;

/** A person's calendar month (Asia/Ho_Chi_Minh) as sums of their logs. */
export const monthSummaryView = z.object({
  month: z.string(),
  totalQueries: z.number(),
  totalTokens: z.number(),
  totalCostMicroVnd: z.string(),
  savedMicroVnd: z.string(),
  simpleQueries: z.number(),
  mediumQueries: z.number(),
  complexQueries: z.number(),
});
export type MonthSummaryView = z.output<typeof monthSummaryView>;
