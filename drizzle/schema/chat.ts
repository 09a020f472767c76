import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";
import { users } from "./identity.ts";
import { orgs } from "./orgs.ts";

/** A thread of one person inside an organisation. */
export const conversations = pgTable(
  "conversations",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    title: text("title").notNull(),
    createdAt: createdAt(),
    updatedAt: instant("updated_at")
      .notNull()
      .default(sql`app_now()`),
  },
  (table) => [
    unique("conversations_owner_key").on(table.id, table.orgId, table.userId),
    index("conversations_owner_updated_idx").on(table.orgId, table.userId, table.updatedAt.desc()),
    check("conversations_title_sane", sql`char_length(${table.title}) between 1 and 200`),
  ],
);

/**
 * One question and what came of it; the id is the caller's messageId. `body_hash` covers user,
 * conversation and body. `decision` holds the facts and the choice (numbers and ids, never the
 * text). `refusal` is set on refused turns. `conversation_id` has no foreign key: a conversation
 * can be deleted while its answer is being written.
 */
export const turns = pgTable(
  "turns",
  {
    orgId: uuid("org_id")
      .notNull()
      .references(() => orgs.id),
    id: uuid("id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id),
    conversationId: uuid("conversation_id"),
    bodyHash: text("body_hash").notNull(),
    state: text("state").notNull(),
    decision: jsonb("decision").$type<Record<string, unknown>>(),
    receipt: jsonb("receipt").$type<Record<string, unknown>>(),
    refusal: jsonb("refusal").$type<Record<string, unknown>>(),
    heartbeatAt: instant("heartbeat_at").notNull(),
    /** Who answers (`app_processes.id`): when that process is gone, recovery ends the turn. */
    processId: uuid("process_id"),
    /** The items the turn writes, so that recovery can write them in its place. */
    questionMessageId: uuid("question_message_id"),
    answerMessageId: uuid("answer_message_id"),
    /** Ended by recovery, from what was saved; the process itself may still correct it. */
    recoveredAt: instant("recovered_at"),
    createdAt: createdAt(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.id] }),
    index("turns_running_idx")
      .on(table.heartbeatAt)
      .where(sql`state = 'running'`),
    index("turns_conversation_idx").on(table.conversationId),
    check("turns_state_known", sql`${table.state} in ('running', 'finished', 'refused', 'failed')`),
    check(
      "turns_finished_when_not_running",
      sql`(${table.state} = 'running') = (${table.finishedAt} is null)`,
    ),
  ],
);

/**
 * Items of a conversation, in the order of `created_at, seq`. `parts` is a list from the start:
 * `[{type:"text",text}]`.
 */
export const messages = pgTable(
  "messages",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    seq: integer("seq").generatedAlwaysAsIdentity(),
    conversationId: uuid("conversation_id").notNull(),
    orgId: uuid("org_id").notNull(),
    userId: text("user_id").notNull(),
    turnId: uuid("turn_id").notNull(),
    role: text("role").notNull(),
    parts: jsonb("parts").$type<{ type: "text"; text: string }[]>().notNull(),
    state: text("state").notNull(),
    finishReason: text("finish_reason"),
    replyTo: uuid("reply_to"),
    version: integer("version").notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [
    foreignKey({
      name: "messages_owner_of_conversation_fkey",
      columns: [table.conversationId, table.orgId, table.userId],
      foreignColumns: [conversations.id, conversations.orgId, conversations.userId],
    }).onDelete("cascade"),
    foreignKey({
      name: "messages_turn_fkey",
      columns: [table.orgId, table.turnId],
      foreignColumns: [turns.orgId, turns.id],
    }),
    index("messages_conversation_idx").on(table.conversationId, table.seq),
    index("messages_turn_idx").on(table.orgId, table.turnId),
    check("messages_role_known", sql`${table.role} in ('user', 'assistant', 'notice')`),
    check(
      "messages_state_known",
      sql`${table.state} in ('complete', 'interrupted', 'failed', 'refused')`,
    ),
    check("messages_version_positive", sql`${table.version} >= 1`),
  ],
);
