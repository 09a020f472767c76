import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd } from "./columns.ts";
import { users } from "./identity.ts";
import { budgetPeriods } from "./ledger.ts";
import { orgs } from "./orgs.ts";

/** A person's own wishes inside an organisation. They only lower what the plan allows. */
export const userCostSettings = pgTable(
  "user_cost_settings",
  {
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    monthlyBudgetMicroVnd: microVnd("monthly_budget_micro_vnd"),
    dailyCapMicroVnd: microVnd("daily_cap_micro_vnd"),
    maxCostPerQueryMicroVnd: microVnd("max_cost_per_query_micro_vnd"),
    enableCostOptimization: boolean("enable_cost_optimization").notNull().default(true),
    enableBudgetAlerts: boolean("enable_budget_alerts").notNull().default(true),
    budgetAlertThresholds: integer("budget_alert_thresholds")
      .array()
      .notNull()
      .default(sql`'{75,90,95,100}'`),
    preferredModels: text("preferred_models")
      .array()
      .notNull()
      .default(sql`'{}'`),
    blockedModels: text("blocked_models")
      .array()
      .notNull()
      .default(sql`'{}'`),
    softLanding: boolean("soft_landing").notNull().default(true),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId] }),
    check(
      "user_cost_settings_amounts_positive",
      sql`coalesce(${table.monthlyBudgetMicroVnd}, 1) > 0 and coalesce(${table.dailyCapMicroVnd}, 1) > 0 and coalesce(${table.maxCostPerQueryMicroVnd}, 1) > 0`,
    ),
  ],
);

/**
 * Finance's word on one customer's limit until it expires. Append-only; the newest unexpired row
 * holds.
 */
export const budgetOverrides = pgTable(
  "budget_overrides",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    amountMicroVnd: microVnd("amount_micro_vnd").notNull(),
    reason: text("reason").notNull(),
    expiresAt: instant("expires_at").notNull(),
    actor: text("actor").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("budget_overrides_org_id_idx").on(table.orgId),
    check(
      "budget_overrides_amount_sane",
      sql`${table.amountMicroVnd} between 0 and 1000000000000000000`,
    ),
  ],
);

/**
 * What raises (or, as a counter-entry, lowers) one period's limit beyond its plan. Append-only; one
 * row per cause and its id, so that nothing is granted twice.
 */
export const grants = pgTable(
  "grants",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    periodId: uuid("period_id")
      .notNull()
      .references(() => budgetPeriods.id),
    amountMicroVnd: microVnd("amount_micro_vnd").notNull(),
    cause: text("cause").notNull(),
    /** The order, payment, period or grant it comes from. */
    causeId: text("cause_id").notNull(),
    reason: text("reason").notNull(),
    actor: text("actor").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("grants_cause_key").on(table.cause, table.causeId),
    index("grants_period_id_idx").on(table.periodId),
    index("grants_org_id_idx").on(table.orgId, table.createdAt),
    check(
      "grants_cause_known",
      sql`${table.cause} in ('top_up', 'surplus', 'carry_over', 'carried_out', 'credit', 'reversal')`,
    ),
    check(
      "grants_sign",
      sql`case when ${table.cause} in ('carried_out', 'reversal') then ${table.amountMicroVnd} < 0 else ${table.amountMicroVnd} > 0 end`,
    ),
  ],
);
