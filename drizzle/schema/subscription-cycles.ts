import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd } from "./columns.ts";
import { orders } from "./payments.ts";
import { plans, subscriptions } from "./plans.ts";

/**
 * The monthly cycles of a chain: cycle n is [anchor + n months, anchor + (n + 1) months), and the
 * chain is paid until the last of them ends. A cycle keeps the plan and the budget it was bought
 * with; a reversed one (its order was refunded) no longer counts.
 */
export const subscriptionCycles = pgTable(
  "subscription_cycles",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    subscriptionId: uuid("subscription_id")
      .notNull()
      .references(() => subscriptions.id),
    /** Months after the anchor: from 0, or on from the chain that was cut. */
    ordinal: integer("ordinal").notNull(),
    planId: text("plan_id")
      .notNull()
      .references(() => plans.id),
    limitMicroVnd: microVnd("limit_micro_vnd").notNull(),
    /** What paid for it; null: given by an operator. */
    orderId: uuid("order_id").references(() => orders.id),
    reversedAt: instant("reversed_at"),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("subscription_cycles_ordinal_key")
      .on(table.subscriptionId, table.ordinal)
      .where(sql`reversed_at is null`),
    index("subscription_cycles_order_id_idx").on(table.orderId),
    check("subscription_cycles_sane", sql`${table.ordinal} >= 0 and ${table.limitMicroVnd} >= 0`),
  ],
);
