import { z } from "zod";
import { cleanText } from "@/domain/text/clean-text.ts";
import { monthSummaryView } from "@/features/usage/schema.ts";

/**
 * Money as decimal strings of micro-VND. `null` limits: nothing set, the plan's own limits hold.
 */
export const costSettingsView = z.object({
  monthlyBudgetMicroVnd: z.string().nullable(),
  dailyCapMicroVnd: z.string().nullable(),
  maxCostPerQueryMicroVnd: z.string().nullable(),
  enableCostOptimization: z.boolean(),
  enableBudgetAlerts: z.boolean(),
  budgetAlertThresholds: z.array(z.number().int()),
  preferredModels: z.array(z.string()),
  blockedModels: z.array(z.string()),
  softLanding: z.boolean(),
});
export type CostSettingsView = z.output<typeof costSettingsView>;

/** At most 10^15 ₫: far below what bigint micro-VND holds. */
const amountMicroVnd = z
  .string()
  .regex(/^[1-9]\d{0,17}$/)
  .nullable();

const modelId = z.string().min(1).max(200).transform(cleanText);

export const updateCostSettingsInput = z
  .strictObject({
    monthlyBudgetMicroVnd: amountMicroVnd,
    dailyCapMicroVnd: amountMicroVnd,
    maxCostPerQueryMicroVnd: amountMicroVnd,
    enableCostOptimization: z.boolean(),
    enableBudgetAlerts: z.boolean(),
    budgetAlertThresholds: z.array(z.number().int().min(1).max(100)).min(1).max(10),
    preferredModels: z.array(modelId).max(100),
    blockedModels: z.array(modelId).max(100),
    softLanding: z.boolean(),
  })
  .partial();
export type UpdateCostSettingsInput = z.output<typeof updateCostSettingsInput>;

/** What finance may give one customer for a period; the database checks the same. */
export const budgetAmountMicroVnd = z.bigint().min(0n).max(1_000_000_000_000_000_000n);

const words = z.string().transform(cleanText).pipe(z.string().trim().min(1).max(500));

/** Finance's exception for one customer: an amount, why, and until when (end exclusive). */
export const overrideBudgetInput = z.strictObject({
  amountMicroVnd: budgetAmountMicroVnd,
  reason: words,
  expiresAt: z.date(),
});
export type OverrideBudgetInput = z.output<typeof overrideBudgetInput>;

/** A thousand million đồng: no single call comes near it. */
const ADJUSTMENT_MICRO_VND_MAX = 1_000_000_000_000_000n;

/** A correction of one provider call's cost; what is added may be negative, not nothing. */
export const adjustUsageInput = z.strictObject({
  usageLogId: z.uuid(),
  costMicroVnd: z
    .bigint()
    .min(-ADJUSTMENT_MICRO_VND_MAX)
    .max(ADJUSTMENT_MICRO_VND_MAX)
    .refine((cost) => cost !== 0n, "is not nothing"),
  note: words,
});
export type AdjustUsageInput = z.output<typeof adjustUsageInput>;

/**
 * The budget bar and the month's totals, from the same rows. `limit - used = remaining` (never
 * below 0 when shown; overdraft apart); `reserved` is the part of `remaining` held by running
 * answers.
 */
export const usageSummaryView = z.object({
  planId: z.string(),
  period: z.object({
    kind: z.enum(["calendar", "cycle"]),
    startsAt: z.string(),
    endsAt: z.string(),
    limitMicroVnd: z.string(),
    usedMicroVnd: z.string(),
    reservedMicroVnd: z.string(),
    remainingMicroVnd: z.string(),
    overdraftMicroVnd: z.string(),
  }),
  month: monthSummaryView,
  messagesToday: z.object({ count: z.number(), max: z.number().nullable() }),
});
export type UsageSummaryView = z.output<typeof usageSummaryView>;
