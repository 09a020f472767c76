import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  customType,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant, microVnd } from "./columns.ts";
import { users } from "./identity.ts";
import { orgs } from "./orgs.ts";
import { plans } from "./plans.ts";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** What an order of a plan keeps of it: later changes of the plan do not touch it. */
export type PlanSnapshot = {
  readonly planId: string;
  readonly tier: string;
  readonly billing: "monthly" | "yearly";
  /** Cycles it pays for: 1 or 12. */
  readonly months: number;
  readonly budgetRatioBp: number;
  /** The budget of each of its cycles, micro-VND as text. */
  readonly cycleLimitMicroVnd: string;
};

/**
 * What a customer is asked to pay. Its code stands in the transfer's text; price and plan are what
 * they were when it was made.
 */
export const orders = pgTable(
  "orders",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    code: text("code").notNull().unique("orders_code_key"),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    kind: text("kind").notNull(),
    planId: text("plan_id").references(() => plans.id),
    planSnapshot: jsonb("plan_snapshot").$type<PlanSnapshot>(),
    priceMicroVnd: microVnd("price_micro_vnd").notNull(),
    /** When the cycles it buys begin; null on a top-up. */
    starts: text("starts"),
    state: text("state").notNull().default("open"),
    expiresAt: instant("expires_at").notNull(),
    /** When it was paid in full and applied. */
    paidAt: instant("paid_at"),
    createdAt: createdAt(),
  },
  (table) => [
    index("orders_org_id_idx").on(table.orgId, table.createdAt),
    uniqueIndex("orders_open_plan_key")
      .on(table.orgId, table.planId)
      .where(sql`kind = 'plan' and state in ('open', 'partially_paid')`),
    check("orders_kind_known", sql`${table.kind} in ('plan', 'top_up')`),
    check(
      "orders_kind_complete",
      sql`(${table.kind} = 'plan') = (${table.planId} is not null) and (${table.kind} = 'plan') = (${table.planSnapshot} is not null) and (${table.kind} = 'plan') = (${table.starts} is not null)`,
    ),
    check("orders_starts_known", sql`${table.starts} in ('now', 'period_end')`),
    check(
      "orders_state_known",
      sql`${table.state} in ('open', 'partially_paid', 'paid', 'expired', 'cancelled', 'refunded')`,
    ),
    check("orders_price_positive", sql`${table.priceMicroVnd} > 0`),
    check(
      "orders_paid_has_instant",
      sql`(${table.state} in ('paid', 'refunded')) = (${table.paidAt} is not null)`,
    ),
  ],
);

/**
 * An authenticated notice as it came, byte by byte; never changes. What became of it stands in
 * `payments`.
 */
export const webhookEvents = pgTable(
  "webhook_events",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    provider: text("provider").notNull(),
    /** The provider's own id of what it tells about, the same on every repeat. */
    eventKey: text("event_key").notNull(),
    /** Which scheme proved where it came from. */
    scheme: text("scheme").notNull(),
    rawBody: bytes("raw_body").notNull(),
    /** Never `Authorization` or another secret. */
    headers: jsonb("headers").$type<Readonly<Record<string, string>>>().notNull(),
    /** When the provider signed it, by its own word; null where it does not say. */
    signedAt: instant("signed_at"),
    isStale: boolean("is_stale").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    unique("webhook_events_event_key").on(table.provider, table.eventKey),
    check(
      "webhook_events_provider_known",
      sql`${table.provider} in ('sepay', 'sepay_gateway', 'payos', 'stripe')`,
    ),
    check(
      "webhook_events_scheme_known",
      sql`${table.scheme} in ('hmac', 'api_key', 'shared_secret', 'signature')`,
    ),
  ],
);

/** A line of our bank account as the provider's transaction list has it; never changes. */
export const bankLines = pgTable(
  "bank_lines",
  {
    /** The list's own id, which is not the webhook's. */
    id: text("id").primaryKey(),
    provider: text("provider").notNull(),
    direction: text("direction").notNull(),
    accountNumber: text("account_number").notNull(),
    subAccount: text("sub_account").notNull().default(""),
    amountMicroVnd: microVnd("amount_micro_vnd").notNull(),
    content: text("content").notNull(),
    referenceCode: text("reference_code").notNull().default(""),
    code: text("code"),
    occurredAt: instant("occurred_at").notNull(),
    raw: jsonb("raw").$type<unknown>().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("bank_lines_occurred_at_idx").on(table.occurredAt),
    check("bank_lines_direction_known", sql`${table.direction} in ('in', 'out')`),
    check("bank_lines_amount_not_negative", sql`${table.amountMicroVnd} >= 0`),
  ],
);

/**
 * One transfer, whoever told us of it (webhook, transaction list or both), and what became of it.
 * What it was never changes; state, reason and links do.
 */
export const payments = pgTable(
  "payments",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    provider: text("provider").notNull(),
    webhookEventId: uuid("webhook_event_id")
      .unique("payments_webhook_event_key")
      .references(() => webhookEvents.id),
    bankLineId: text("bank_line_id")
      .unique("payments_bank_line_key")
      .references(() => bankLines.id),
    direction: text("direction").notNull(),
    /** null where the notice could not be read. */
    amountMicroVnd: microVnd("amount_micro_vnd"),
    currency: text("currency").notNull().default("VND"),
    accountNumber: text("account_number").notNull().default(""),
    subAccount: text("sub_account").notNull().default(""),
    content: text("content").notNull().default(""),
    description: text("description").notNull().default(""),
    /** What the provider itself took for the payment code. */
    code: text("code"),
    referenceCode: text("reference_code").notNull().default(""),
    occurredAt: instant("occurred_at"),
    /** How we know that it is true; null: signed long ago, waits for the list or a fresh repeat. */
    verifiedBy: text("verified_by"),
    state: text("state").notNull().default("received"),
    /** Why it was not applied, or not quite as asked; stays when finance decides. */
    reason: text("reason"),
    orderId: uuid("order_id").references(() => orders.id),
    /** Whose it is, as soon as somebody knows. */
    orgId: uuid("org_id").references(() => orgs.id),
    /** A person of finance, or null when the rules decided. */
    decidedBy: text("decided_by"),
    appliedAt: instant("applied_at"),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    index("payments_state_idx").on(table.state, table.createdAt),
    index("payments_order_id_idx").on(table.orderId),
    index("payments_org_id_idx").on(table.orgId),
    index("payments_occurred_at_idx").on(table.occurredAt),
    index("payments_account_reference_idx").on(table.accountNumber, table.referenceCode),
    check("payments_direction_known", sql`${table.direction} in ('in', 'out', 'unknown')`),
    check(
      "payments_state_known",
      sql`${table.state} in ('received', 'applied', 'unmatched', 'ignored', 'review')`,
    ),
    check(
      "payments_has_source",
      sql`num_nonnulls(${table.webhookEventId}, ${table.bankLineId}) > 0`,
    ),
    check(
      "payments_verified_by_known",
      sql`${table.verifiedBy} in ('hmac', 'api_key', 'shared_secret', 'signature', 'transaction_list')`,
    ),
    check(
      "payments_applied_is_good_money",
      sql`${table.state} <> 'applied' or (${table.direction} = 'in' and ${table.verifiedBy} is not null and ${table.amountMicroVnd} > 0 and ${table.currency} = 'VND' and ${table.orgId} is not null and ${table.appliedAt} is not null)`,
    ),
    check(
      "payments_kept_has_reason",
      sql`${table.state} not in ('unmatched', 'ignored', 'review') or ${table.reason} is not null`,
    ),
  ],
);

/** What finance decided about a transfer, and what undid it. Append-only. */
export const paymentDecisions = pgTable(
  "payment_decisions",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    paymentId: uuid("payment_id")
      .notNull()
      .references(() => payments.id),
    action: text("action").notNull(),
    orderId: uuid("order_id").references(() => orders.id),
    orgId: uuid("org_id").references(() => orgs.id),
    /** The state it had before, which undoing gives back. */
    stateBefore: text("state_before").notNull(),
    undoesId: uuid("undoes_id").unique("payment_decisions_undone_once"),
    reason: text("reason").notNull(),
    actor: text("actor").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("payment_decisions_payment_id_idx").on(table.paymentId),
    check(
      "payment_decisions_action_known",
      sql`${table.action} in ('attach', 'credit', 'refund', 'dismiss', 'undo')`,
    ),
    check(
      "payment_decisions_undo_names_one",
      sql`(${table.action} = 'undo') = (${table.undoesId} is not null)`,
    ),
  ],
);
