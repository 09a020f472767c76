import { sql } from "drizzle-orm";
import {
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd } from "./columns.ts";
import { users } from "./identity.ts";
import { modelPrices, models } from "./models.ts";
import { orgs } from "./orgs.ts";
import { exchangeRates } from "./rates.ts";

/**
 * The window a limit holds for: [starts_at, ends_at). Changed by guarded updates only; never
 * overlapping per org.
 */
export const budgetPeriods = pgTable(
  "budget_periods",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    kind: text("kind").notNull(),
    planId: text("plan_id").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    limitMicroVnd: microVnd("limit_micro_vnd").notNull(),
    usedMicroVnd: microVnd("used_micro_vnd")
      .notNull()
      .default(sql`0`),
    reservedMicroVnd: microVnd("reserved_micro_vnd")
      .notNull()
      .default(sql`0`),
    closedAt: instant("closed_at"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("budget_periods_org_id_key").on(table.orgId, table.id),
    index("budget_periods_org_ends_idx").on(table.orgId, table.endsAt),
    check("budget_periods_kind_known", sql`${table.kind} in ('calendar', 'cycle')`),
    check("budget_periods_order", sql`${table.endsAt} > ${table.startsAt}`),
    check("budget_periods_limit_not_negative", sql`${table.limitMicroVnd} >= 0`),
    check("budget_periods_reserved_not_negative", sql`${table.reservedMicroVnd} >= 0`),
  ],
);

/**
 * Every change of a period's limit, so that `used > limit` can always be explained. Append-only.
 */
export const limitChanges = pgTable(
  "limit_changes",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    periodId: uuid("period_id")
      .notNull()
      .references(() => budgetPeriods.id),
    oldLimitMicroVnd: microVnd("old_limit_micro_vnd").notNull(),
    newLimitMicroVnd: microVnd("new_limit_micro_vnd").notNull(),
    reason: text("reason").notNull(),
    actor: text("actor").notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("limit_changes_period_id_idx").on(table.periodId)],
);

/**
 * Money put aside before a provider may be called. One terminal transition out of `held` (trigger).
 * `created_at` and `closed_at` are wall-clock instants taken under the period's row lock, so that
 * history can be replayed.
 */
export const reservations = pgTable(
  "reservations",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    periodId: uuid("period_id").notNull(),
    turnId: uuid("turn_id"),
    purpose: text("purpose").notNull(),
    holdMicroVnd: microVnd("hold_micro_vnd").notNull(),
    headroomAtAdmitMicroVnd: microVnd("headroom_at_admit_micro_vnd").notNull(),
    /** The day (Asia/Ho_Chi_Minh) and the scopes whose daily counters carry this hold too. */
    day: date("day").notNull(),
    dailyScopes: text("daily_scopes").array().notNull(),
    state: text("state").notNull().default("held"),
    expiresAt: instant("expires_at").notNull(),
    closedAt: instant("closed_at"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("reservations_turn_purpose_key").on(table.orgId, table.turnId, table.purpose),
    index("reservations_held_idx")
      .on(table.expiresAt)
      .where(sql`state = 'held'`),
    index("reservations_period_id_idx").on(table.periodId),
    check(
      "reservations_state_known",
      sql`${table.state} in ('held', 'settled', 'released', 'expired')`,
    ),
    check(
      "reservations_closed_when_not_held",
      sql`(${table.state} = 'held') = (${table.closedAt} is null)`,
    ),
    check("reservations_hold_not_negative", sql`${table.holdMicroVnd} >= 0`),
    check(
      "reservations_purpose_known",
      sql`${table.purpose} in ('chat', 'title', 'intent', 'embedding', 'image')`,
    ),
  ],
);

/**
 * One attempt at a provider, recorded before it is dispatched. Outcome columns are set once,
 * progress only grows while it is open, rows are never deleted (trigger).
 */
export const providerCalls = pgTable(
  "provider_calls",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    reservationId: uuid("reservation_id")
      .notNull()
      .references(() => reservations.id),
    attempt: integer("attempt").notNull(),
    modelId: text("model_id")
      .notNull()
      .references(() => models.id),
    priceId: uuid("price_id")
      .notNull()
      .references(() => modelPrices.id),
    rateId: uuid("rate_id")
      .notNull()
      .references(() => exchangeRates.id),
    purpose: text("purpose").notNull(),
    inputTokensEstimated: integer("input_tokens_estimated").notNull(),
    outputTokensSeen: integer("output_tokens_seen").notNull().default(0),
    dispatchedAt: instant("dispatched_at"),
    firstByteAt: instant("first_byte_at"),
    endedAt: instant("ended_at"),
    outcome: text("outcome"),
    providerRequestId: text("provider_request_id"),
    createdAt: instant("created_at")
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("provider_calls_attempt_key").on(table.reservationId, table.attempt),
    check(
      "provider_calls_outcome_known",
      sql`${table.outcome} in ('complete', 'interrupted', 'rejected', 'throttled', 'failed', 'timeout', 'not_sent')`,
    ),
    check(
      "provider_calls_ended_with_outcome",
      sql`(${table.outcome} is null) = (${table.endedAt} is null)`,
    ),
    check(
      "provider_calls_tokens_not_negative",
      sql`least(${table.inputTokensEstimated}, ${table.outputTokensSeen}) >= 0`,
    ),
  ],
);

/**
 * Guarded counters of a local day: caps per organisation, member and for all free plans together.
 */
export const dailyCounters = pgTable(
  "daily_counters",
  {
    scope: text("scope").notNull(),
    subjectId: text("subject_id").notNull(),
    day: date("day").notNull(),
    usedMicroVnd: microVnd("used_micro_vnd")
      .notNull()
      .default(sql`0`),
    reservedMicroVnd: microVnd("reserved_micro_vnd")
      .notNull()
      .default(sql`0`),
    messages: integer("messages").notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.subjectId, table.day] }),
    check(
      "daily_counters_scope_known",
      sql`${table.scope} in ('org', 'member', 'key', 'free_plan')`,
    ),
    check(
      "daily_counters_not_negative",
      sql`${table.reservedMicroVnd} >= 0 and ${table.messages} >= 0`,
    ),
  ],
);
