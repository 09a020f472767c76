import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";

/**
 * People. Core columns are better-auth's; `email_verified_at` follows `email_verified` by a
 * trigger. A Clerk user is keyed by its Clerk id. `email_canonical` is what uniqueness is judged
 * by.
 */
export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email"),
    emailCanonical: text("email_canonical").generatedAlwaysAs(
      sql`lower(normalize(trim(trailing '.' from email), NFKC))`,
    ),
    emailVerified: boolean("email_verified").notNull().default(false),
    emailVerifiedAt: instant("email_verified_at"),
    name: text("name").notNull().default(""),
    image: text("image"),
    locale: text("locale").notNull().default("vi"),
    role: text("role").notNull().default("user"),
    disabledAt: instant("disabled_at"),
    erasedAt: instant("erased_at"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    uniqueIndex("users_email_canonical_key").on(table.emailCanonical),
    check("users_role_known", sql`${table.role} in ('user', 'finance', 'ops', 'admin')`),
    check("users_locale_known", sql`${table.locale} in ('vi', 'en')`),
    check(
      "users_erased_holds_no_person",
      sql`${table.erasedAt} is null or (${table.email} is null and ${table.name} = '')`,
    ),
  ],
);

/** better-auth core: a signed-in browser. */
export const sessions = pgTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    token: text("token").notNull().unique(),
    expiresAt: instant("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [index("sessions_user_id_idx").on(table.userId)],
);

/** better-auth core: how a person signs in; holds the password's hash. */
export const accounts = pgTable(
  "accounts",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: instant("access_token_expires_at"),
    refreshTokenExpiresAt: instant("refresh_token_expires_at"),
    scope: text("scope"),
    password: text("password"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    index("accounts_user_id_idx").on(table.userId),
    uniqueIndex("accounts_provider_account_key").on(table.providerId, table.accountId),
  ],
);

/** better-auth core: open verification and reset tokens. */
export const verifications = pgTable(
  "verifications",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: instant("expires_at").notNull(),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [index("verifications_identifier_idx").on(table.identifier)],
);
