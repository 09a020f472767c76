import { sql } from "drizzle-orm";
import { boolean, check, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd } from "./columns.ts";
import { orgs } from "./orgs.ts";

/**
 * What can be bought. The budget of a paid cycle = what was paid for it × `budget_ratio_bp` /
 * 10,000.
 */
export const plans = pgTable(
  "plans",
  {
    id: text("id").primaryKey(),
    /**
     * free | starter | premium | ultimate: what people call it; a yearly plan shares the tier of
     * its monthly one.
     */
    tier: text("tier").notNull(),
    billing: text("billing").notNull(),
    priceMicroVnd: microVnd("price_micro_vnd").notNull(),
    budgetRatioBp: integer("budget_ratio_bp").notNull().default(10_000),
    /** The free plan's fixed budget; null where the budget follows from the price. */
    budgetMicroVnd: microVnd("budget_micro_vnd"),
    messagesDailyMax: integer("messages_daily_max"),
    outputTokensMax: integer("output_tokens_max").notNull(),
    modelTiers: text("model_tiers").array().notNull(),
    /**
     * The model a person of this plan would have without the engine: answers when optimization is
     * off.
     */
    defaultModelTier: text("default_model_tier").notNull(),
    enabled: boolean("enabled").notNull().default(true),
    createdAt: createdAt(),
  },
  (table) => [
    check("plans_billing_known", sql`${table.billing} in ('none', 'monthly', 'yearly')`),
    check("plans_money_sane", sql`${table.priceMicroVnd} >= 0 and ${table.budgetRatioBp} >= 0`),
    check(
      "plans_budget_known",
      sql`(${table.billing} = 'none') = (${table.budgetMicroVnd} is not null)`,
    ),
  ],
);

/** One row per unbroken chain of paid cycles; cycle n is [anchor + n months, anchor + (n + 1) months). */
export const subscriptions = pgTable(
  "subscriptions",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    planId: text("plan_id")
      .notNull()
      .references(() => plans.id),
    anchorAt: instant("anchor_at").notNull(),
    /** When its first cycle begins, where it counts on from the anchor of the chain it cut; else null. */
    startsAt: instant("starts_at"),
    paidUntil: instant("paid_until").notNull(),
    state: text("state").notNull(),
    /** When it was cut by a newer chain or lapsed; its `paid_until` stays what was paid for. */
    endedAt: instant("ended_at"),
    createdAt: createdAt(),
  },
  (table) => [
    index("subscriptions_org_id_idx").on(table.orgId),
    check("subscriptions_state_known", sql`${table.state} in ('active', 'cancelled', 'ended')`),
    check("subscriptions_order", sql`${table.paidUntil} >= ${table.anchorAt}`),
  ],
);
