import { and, eq, isNotNull, or, sql } from "drizzle-orm";
import type postgres from "postgres";
import { messages, turns } from "@drizzle/schema/chat.ts";
import type { Db } from "@/server/db/client.ts";
import { latestWriter } from "@/server/db/latest-writer.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** The question a turn answers: a new message of it, or the one that is asked again. */
export type ClaimParameters = {
  readonly orgId: string;
  readonly userId: string;
  readonly turnId: string;
  readonly conversationId: string;
  readonly isNewConversation: boolean;
  readonly title: string;
  readonly bodyHash: string;
  readonly now: string;
  readonly decision: unknown;
  /** Who answers, and the item it will write; null for a refusal, which is written at once. */
  readonly processId: string | null;
  readonly answerMessageId: string | null;
  readonly questionMessageId: string;
  readonly question: readonly { readonly type: "text"; readonly text: string }[] | null;
};

/** The SQL expression that claims a turn inside another statement ('claimed' | 'taken'). */
export function claimTurn(
  db: Db,
  parameters: ClaimParameters,
): postgres.PendingQuery<postgres.Row[]> {
  return db.$client`claim_turn(${JSON.stringify(parameters)}::jsonb)`;
}

/**
 * Claims a turn by itself: for refusals, which reserve nothing. @returns false when the id is
 * taken.
 */
export async function claimTurnAlone(db: Queryable, parameters: ClaimParameters): Promise<boolean> {
  const [row] = await db.execute<{ claim: string }>(
    sql`select claim_turn(${JSON.stringify(parameters)}::jsonb) as claim`,
  );
  return row?.claim === "claimed";
}

export type TurnRow = typeof turns.$inferSelect;

export async function findTurn(
  db: Queryable,
  orgId: string,
  turnId: string,
): Promise<TurnRow | null> {
  const [row] = await db
    .select()
    .from(turns)
    .where(and(eq(turns.orgId, orgId), eq(turns.id, turnId)));
  return row ?? null;
}

/**
 * Ends a running turn. The process that answered may also correct what recovery wrote in its
 * place. @returns false when the turn had ended otherwise.
 */
export async function endTurn(
  db: Queryable,
  key: { readonly orgId: string; readonly turnId: string },
  end: Pick<typeof turns.$inferInsert, "state" | "receipt" | "refusal"> & {
    readonly isRecovery?: boolean;
  },
): Promise<boolean> {
  const { isRecovery = false, ...columns } = end;
  const isOpen = eq(turns.state, "running");
  const ended = await db
    .update(turns)
    .set({
      ...columns,
      finishedAt: sql`app_now()`,
      recoveredAt: isRecovery ? sql`app_now()` : null,
    })
    .where(
      and(
        eq(turns.orgId, key.orgId),
        eq(turns.id, key.turnId),
        isRecovery ? isOpen : or(isOpen, isNotNull(turns.recoveredAt)),
      ),
    )
    .returning({ id: turns.id });
  return ended.length > 0;
}

/** A running answer so far. */
export type TurnProgress = {
  readonly orgId: string;
  readonly turnId: string;
  readonly answerMessageId: string;
  readonly conversationId: string;
  readonly replyTo: string;
  readonly parts: readonly { readonly type: "text"; readonly text: string }[];
};

/**
 * Saves the heartbeats and texts of running answers; the row becomes the answer when it ends. An
 * older text never replaces a longer one. It may be lost in a crash of the database, so its commit
 * does not wait for the disk.
 */
export const saveProgress = latestWriter<TurnProgress>("progress of answers", async (db, items) => {
  await db.$client`
    with p as (
      select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as p("orgId" uuid, "turnId" uuid, "answerMessageId" uuid, "conversationId" uuid, "replyTo" uuid, parts jsonb)),
    beat as (
      update turns t set heartbeat_at = app_now() from p
       where t.org_id = p."orgId" and t.id = p."turnId" and t.state = 'running' returning t.id)
    insert into messages (id, conversation_id, org_id, user_id, turn_id, role, parts, state, reply_to, version)
    select p."answerMessageId", c.id, c.org_id, c.user_id, beat.id, 'assistant', p.parts, 'interrupted', p."replyTo",
           1 + (select count(*)::int from messages a where a.reply_to = p."replyTo" and a.role = 'assistant'
                 and a.id <> p."answerMessageId")
      from beat join p on p."turnId" = beat.id join conversations c on c.id = p."conversationId"
           cross join (select set_config('synchronous_commit', 'off', true)) as without_waiting_for_disk
    on conflict (id) do update set parts = excluded.parts
      where length(messages.parts->0->>'text') <= length(excluded.parts->0->>'text')`;
});

/**
 * Writes the answer, or completes the partial one. A conversation deleted while it was written
 * keeps nothing: no row, no error.
 */
export async function saveAnswer(
  db: Queryable,
  answer: {
    readonly messageId: string;
    readonly conversationId: string;
    readonly orgId: string;
    readonly turnId: string;
    readonly replyTo: string;
    readonly role: "assistant" | "notice";
    readonly text: string;
    readonly state: "complete" | "interrupted" | "failed" | "refused";
    readonly finishReason: string | null;
  },
): Promise<void> {
  const parts = JSON.stringify([{ type: "text", text: answer.text }]);
  await db.execute(sql`
    insert into messages (id, conversation_id, org_id, user_id, turn_id, role, parts, state, finish_reason, reply_to,
                          version)
    select ${answer.messageId}::uuid, c.id, c.org_id, c.user_id, ${answer.turnId}::uuid, ${answer.role}::text,
           ${parts}::jsonb, ${answer.state}::text, ${answer.finishReason}::text, ${answer.replyTo}::uuid,
           1 + (select count(*)::int from ${messages} a where a.reply_to = ${answer.replyTo}::uuid
                 and a.role = ${answer.role}::text and a.id <> ${answer.messageId}::uuid)
      from conversations c where c.id = ${answer.conversationId}::uuid for key share
    on conflict (id) do update
       set parts = excluded.parts, state = excluded.state, finish_reason = excluded.finish_reason,
           role = excluded.role, version = excluded.version`);
}
