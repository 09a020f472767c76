import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
  varchar,
} from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";

/** On the wall clock of the database: what is alive does not follow the product's settable clock. */
const wallClock = (name: string) =>
  instant(name)
    .notNull()
    .default(sql`clock_timestamp()`);

/**
 * The processes that serve: whose turns and jobs are orphaned is read here. `host` names the
 * machine and its process namespace, so that a process started on the same one knows at once which
 * of the others are gone.
 */
export const appProcesses = pgTable(
  "app_processes",
  {
    id: uuid("id").primaryKey(),
    host: text("host").notNull(),
    processId: integer("process_id").notNull(),
    /** Names under which this process locks jobs. */
    workerIds: text("worker_ids")
      .array()
      .notNull()
      .default(sql`'{}'`),
    startedAt: wallClock("started_at"),
    heartbeatAt: wallClock("heartbeat_at"),
    endedAt: instant("ended_at"),
  },
  (table) => [
    index("app_processes_living_idx")
      .on(table.heartbeatAt)
      .where(sql`ended_at is null`),
  ],
);

/** What is to be told to the outside, written in the causing transaction and delivered by a job. */
export const outbox = pgTable(
  "outbox",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    kind: text("kind").notNull(),
    dedupeKey: text("dedupe_key").notNull().unique("outbox_dedupe_key"),
    payload: jsonb("payload").$type<unknown>().notNull(),
    attempts: integer("attempts").notNull().default(0),
    lastError: text("last_error"),
    deliveredAt: instant("delivered_at"),
    /** Given up: a person has to look. */
    deadAt: instant("dead_at"),
    createdAt: createdAt(),
  },
  (table) => [
    index("outbox_undelivered_idx")
      .on(table.createdAt)
      .where(sql`delivered_at is null and dead_at is null`),
  ],
);

/** What ops must know; one row per cause (`dedupe_key`), counted while it lasts. */
export const opsAlerts = pgTable(
  "ops_alerts",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    kind: text("kind").notNull(),
    dedupeKey: text("dedupe_key").notNull().unique("ops_alerts_dedupe_key"),
    payload: jsonb("payload").$type<unknown>().notNull(),
    occurrences: integer("occurrences").notNull().default(1),
    lastSeenAt: instant("last_seen_at")
      .notNull()
      .default(sql`app_now()`),
    resolvedAt: instant("resolved_at"),
    createdAt: createdAt(),
  },
  (table) => [
    check(
      "ops_alerts_kind_known",
      sql`${table.kind} in ('model_unpriced', 'provider_rejected', 'provider_down', 'usage_absurd', 'invariant_violated', 'rate_refused', 'rate_stale', 'catalogue_differs', 'job_dead', 'webhook_unmatched')`,
    ),
    check("ops_alerts_occurrences_positive", sql`${table.occurrences} >= 1`),
  ],
);

/** A change that waits for a person's word: applied by `approve`, dropped by `reject`. */
export const approvals = pgTable(
  "approvals",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    kind: text("kind").notNull(),
    dedupeKey: text("dedupe_key").notNull().unique("approvals_dedupe_key"),
    payload: jsonb("payload").$type<unknown>().notNull(),
    state: text("state").notNull().default("pending"),
    decidedBy: text("decided_by"),
    decidedAt: instant("decided_at"),
    createdAt: createdAt(),
  },
  (table) => [
    check("approvals_kind_known", sql`${table.kind} in ('exchange_rate', 'catalogue')`),
    check("approvals_state_known", sql`${table.state} in ('pending', 'approved', 'rejected')`),
    check(
      "approvals_decided_by_someone",
      sql`(${table.state} = 'pending') = (${table.decidedBy} is null)`,
    ),
  ],
);

/**
 * The write verbs that were done under a caller's idempotency key, with what they answered. `scope`
 * is the operation and whose it is.
 */
export const operations = pgTable(
  "operations",
  {
    scope: text("scope").notNull(),
    key: text("key").notNull(),
    bodyHash: text("body_hash").notNull(),
    result: jsonb("result").$type<unknown>(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
);

/** Counts of the rate limiter (rate-limiter-flexible's own layout). Unlogged: a crash forgets them. */
export const rateLimits = pgTable("rate_limits", {
  key: varchar("key", { length: 255 }).primaryKey(),
  points: integer("points").notNull().default(0),
  expire: bigint("expire", { mode: "number" }),
});
