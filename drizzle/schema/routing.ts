import { sql } from "drizzle-orm";
import { bigint, boolean, check, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";

/** Versions of the engine's parameters; never updated (trigger). The newest active one decides. */
export const routingPolicies = pgTable("routing_policies", {
  version: text("version").primaryKey(),
  parameters: jsonb("parameters").$type<Record<string, unknown>>().notNull(),
  isShadow: boolean("is_shadow").notNull().default(false),
  activeFrom: instant("active_from").notNull(),
  createdAt: createdAt(),
});

/**
 * One row whose number grows with every change of models, prices, rates, plans, policies or flags
 * (triggers), so that a process can keep the catalogue in memory and still never use a stale one.
 */
export const catalogueVersion = pgTable(
  "catalogue_version",
  {
    id: integer("id").primaryKey(),
    version: bigint("version", { mode: "bigint" }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [check("catalogue_version_single_row", sql`${table.id} = 1`)],
);
