import { sql } from "drizzle-orm";
import { boolean, check, integer, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";

/**
 * Switches that take effect on the next turn. `rollout_percent` of subjects see `enabled`; lists
 * win over it.
 */
export const featureFlags = pgTable(
  "feature_flags",
  {
    key: text("key").primaryKey(),
    enabled: boolean("enabled").notNull(),
    rolloutPercent: integer("rollout_percent").notNull().default(100),
    allowedUserIds: text("allowed_user_ids")
      .array()
      .notNull()
      .default(sql`'{}'`),
    deniedUserIds: text("denied_user_ids")
      .array()
      .notNull()
      .default(sql`'{}'`),
    updatedBy: text("updated_by").notNull(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
    createdAt: createdAt(),
  },
  (table) => [check("feature_flags_rollout_sane", sql`${table.rolloutPercent} between 0 and 100`)],
);
