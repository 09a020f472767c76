import { sql } from "drizzle-orm";
import { check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { createdAt, microVnd } from "./columns.ts";
import { users } from "./identity.ts";

/** Billing accounts: everybody owns a personal one. */
export const orgs = pgTable(
  "orgs",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    kind: text("kind").notNull(),
    /** Whose personal organisation it is; null for teams. */
    personalUserId: text("personal_user_id").references(() => users.id),
    name: text("name").notNull().default(""),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("orgs_personal_user_key").on(table.personalUserId),
    check("orgs_kind_known", sql`${table.kind} in ('personal', 'team')`),
    check(
      "orgs_personal_has_user",
      sql`(${table.kind} = 'personal') = (${table.personalUserId} is not null)`,
    ),
  ],
);

/**
 * Who belongs to an organisation. `used` and `reserved` count the member's part of the period
 * `period_id`; they start at zero when a hold of a later period arrives. Changed by the ledger's
 * guarded updates only.
 */
export const orgMembers = pgTable(
  "org_members",
  {
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    role: text("role").notNull(),
    capMicroVnd: microVnd("cap_micro_vnd"),
    periodId: uuid("period_id"),
    usedMicroVnd: microVnd("used_micro_vnd")
      .notNull()
      .default(sql`0`),
    reservedMicroVnd: microVnd("reserved_micro_vnd")
      .notNull()
      .default(sql`0`),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.userId] }),
    index("org_members_user_id_idx").on(table.userId),
    check("org_members_role_known", sql`${table.role} in ('owner', 'member')`),
    check("org_members_cap_positive", sql`${table.capMicroVnd} >= 0`),
    check("org_members_reserved_not_negative", sql`${table.reservedMicroVnd} >= 0`),
  ],
);
