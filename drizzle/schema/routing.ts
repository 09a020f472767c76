import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";
import { users } from "./identity.ts";
import { orgs } from "./orgs.ts";

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

/**
 * What an organisation's own past says about its demand: rate, weekly rhythm, recent questions
 * (numbers, never words). Learned anew from the logs, so a lost row costs an hour of learning.
 */
export const demandProfiles = pgTable("demand_profiles", {
  orgId: uuid("org_id")
    .primaryKey()
    .references(() => orgs.id),
  learnedAt: instant("learned_at").notNull(),
  demand: jsonb("demand").$type<Record<string, unknown>>().notNull(),
  createdAt: createdAt(),
});

/** How long a person's answers are, by category, against what the policy expects. */
export const outputProfiles = pgTable(
  "output_profiles",
  {
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    learnedAt: instant("learned_at").notNull(),
    factors: jsonb("factors").$type<Record<string, unknown>>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.userId] })],
);
