import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd, picoUsd } from "./columns.ts";
import { users } from "./identity.ts";
import { budgetPeriods, providerCalls, reservations } from "./ledger.ts";
import { modelPrices } from "./models.ts";
import { orgs } from "./orgs.ts";
import { exchangeRates } from "./rates.ts";

/**
 * One immutable row per provider call, and dated corrections. No UPDATE, DELETE or TRUNCATE
 * (triggers).
 */
export const usageLogs = pgTable(
  "usage_logs",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    kind: text("kind").notNull().default("usage"),
    providerCallId: uuid("provider_call_id").references(() => providerCalls.id),
    adjustsUsageLogId: uuid("adjusts_usage_log_id"),
    reservationId: uuid("reservation_id").references(() => reservations.id),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    periodId: uuid("period_id").notNull(),
    conversationId: uuid("conversation_id"),
    turnId: uuid("turn_id"),
    purpose: text("purpose").notNull(),
    isFinalAttempt: boolean("is_final_attempt").notNull(),
    provider: text("provider").notNull(),
    modelId: text("model_id").notNull(),
    servedModel: text("served_model"),
    freshInputTokens: integer("fresh_input_tokens").notNull(),
    cachedInputTokens: integer("cached_input_tokens").notNull(),
    cacheWrite5mTokens: integer("cache_write_5m_tokens").notNull(),
    cacheWrite1hTokens: integer("cache_write_1h_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    reasoningTokens: integer("reasoning_tokens").notNull(),
    totalTokens: integer("total_tokens").notNull(),
    costPicoUsd: picoUsd("cost_pico_usd").notNull(),
    costMicroVnd: microVnd("cost_micro_vnd").notNull(),
    savedMicroVnd: microVnd("saved_micro_vnd").notNull(),
    priceId: uuid("price_id").references(() => modelPrices.id),
    rateId: uuid("rate_id").references(() => exchangeRates.id),
    queryComplexity: text("query_complexity"),
    complexityScore: numeric("complexity_score", { precision: 5, scale: 4 }),
    queryCategory: text("query_category"),
    responseTimeMs: integer("response_time_ms"),
    firstTokenMs: integer("first_token_ms"),
    source: text("source").notNull(),
    reason: text("reason"),
    metadata: jsonb("metadata")
      .$type<Record<string, string | number | boolean>>()
      .notNull()
      .default({}),
    occurredAt: instant("occurred_at").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("usage_logs_provider_call_key").on(table.providerCallId),
    index("usage_logs_org_user_idx").on(table.orgId, table.userId, table.occurredAt.desc()),
    index("usage_logs_period_id_idx").on(table.periodId),
    // The history's totals and filters read this and never the rows.
    index("usage_logs_history_idx").on(
      table.orgId,
      table.userId,
      table.modelId,
      table.queryComplexity,
      table.occurredAt,
      table.costMicroVnd,
    ),
    // One credit and one late correction per call; a person's corrections have their operation key.
    uniqueIndex("usage_logs_adjustment_key")
      .on(table.adjustsUsageLogId, table.reason)
      .where(sql`kind = 'adjustment' and reason in ('failed_answer', 'late_usage')`),
    index("usage_logs_adjustments_idx")
      .on(table.periodId, table.userId, table.occurredAt)
      .where(sql`kind = 'adjustment'`),
    index("usage_logs_turn_idx").on(table.orgId, table.turnId),
    foreignKey({ columns: [table.adjustsUsageLogId], foreignColumns: [table.id] }),
    foreignKey({
      columns: [table.orgId, table.periodId],
      foreignColumns: [budgetPeriods.orgId, budgetPeriods.id],
    }),
    check("usage_logs_kind_known", sql`${table.kind} in ('usage', 'adjustment')`),
    check("usage_logs_source_known", sql`${table.source} in ('reported', 'estimated', 'manual')`),
    check(
      "usage_logs_complexity_known",
      sql`${table.queryComplexity} in ('simple', 'medium', 'complex')`,
    ),
    check(
      "usage_logs_purpose_known",
      sql`${table.purpose} in ('chat', 'title', 'intent', 'embedding', 'image')`,
    ),
    check(
      "usage_logs_kind_shape",
      sql`case ${table.kind} when 'usage' then ${table.providerCallId} is not null and ${table.reservationId} is not null and ${table.priceId} is not null and ${table.rateId} is not null and ${table.costMicroVnd} >= 0 else ${table.providerCallId} is null and ${table.reason} is not null end`,
    ),
    check(
      "usage_logs_tokens_add_up",
      sql`least(${table.freshInputTokens}, ${table.cachedInputTokens}, ${table.cacheWrite5mTokens}, ${table.cacheWrite1hTokens}, ${table.outputTokens}, ${table.reasoningTokens}) >= 0 and ${table.reasoningTokens} <= ${table.outputTokens} and ${table.totalTokens} = ${table.freshInputTokens} + ${table.cachedInputTokens} + ${table.cacheWrite5mTokens} + ${table.cacheWrite1hTokens} + ${table.outputTokens}`,
    ),
  ],
);

/** Sums of the logs per person and local calendar month, changed in the settling transaction. */
export const monthlyUsageSummary = pgTable(
  "monthly_usage_summary",
  {
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    month: text("month").notNull(),
    totalQueries: integer("total_queries").notNull().default(0),
    totalTokens: bigint("total_tokens", { mode: "number" }).notNull().default(0),
    totalCostPicoUsd: picoUsd("total_cost_pico_usd")
      .notNull()
      .default(sql`0`),
    totalCostMicroVnd: microVnd("total_cost_micro_vnd")
      .notNull()
      .default(sql`0`),
    simpleQueries: integer("simple_queries").notNull().default(0),
    mediumQueries: integer("medium_queries").notNull().default(0),
    complexQueries: integer("complex_queries").notNull().default(0),
    savedMicroVnd: microVnd("saved_micro_vnd")
      .notNull()
      .default(sql`0`),
    subscriptionTier: text("subscription_tier").notNull(),
    budgetLimitMicroVnd: microVnd("budget_limit_micro_vnd").notNull(),
    budgetUsedMicroVnd: microVnd("budget_used_micro_vnd").notNull(),
    budgetRemainingMicroVnd: microVnd("budget_remaining_micro_vnd").notNull(),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId, table.month] }),
    check("monthly_usage_summary_month_shape", sql`${table.month} ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'`),
  ],
);
