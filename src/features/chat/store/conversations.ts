import { and, asc, desc, eq, sql } from "drizzle-orm";
import { conversations, messages, turns } from "@drizzle/schema/chat.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type Owner = { readonly orgId: string; readonly userId: string };

function ownedBy(owner: Owner, conversationId: string) {
  return and(
    eq(conversations.id, conversationId),
    eq(conversations.orgId, owner.orgId),
    eq(conversations.userId, owner.userId),
  );
}

export async function listOwnConversations(db: Queryable, owner: Owner, limit: number) {
  return db
    .select({
      id: conversations.id,
      title: conversations.title,
      updatedAt: conversations.updatedAt,
    })
    .from(conversations)
    .where(and(eq(conversations.orgId, owner.orgId), eq(conversations.userId, owner.userId)))
    .orderBy(desc(conversations.updatedAt), desc(conversations.id))
    .limit(limit);
}

export async function findOwnConversation(db: Queryable, owner: Owner, conversationId: string) {
  const [row] = await db
    .select({
      id: conversations.id,
      title: conversations.title,
      updatedAt: conversations.updatedAt,
    })
    .from(conversations)
    .where(ownedBy(owner, conversationId));
  return row ?? null;
}

export async function renameOwnConversation(
  db: Queryable,
  owner: Owner,
  change: { id: string; title: string },
) {
  const [row] = await db
    .update(conversations)
    .set({ title: change.title })
    .where(ownedBy(owner, change.id))
    .returning({
      id: conversations.id,
      title: conversations.title,
      updatedAt: conversations.updatedAt,
    });
  return row ?? null;
}

/**
 * Deletes a conversation and its messages; turns, holds and usage logs stay. @returns whether it
 * was there.
 */
export async function deleteOwnConversation(
  db: Queryable,
  owner: Owner,
  conversationId: string,
): Promise<boolean> {
  const rows = await db
    .delete(conversations)
    .where(ownedBy(owner, conversationId))
    .returning({ id: conversations.id });
  return rows.length > 0;
}

/**
 * The items of a conversation with their turns, oldest first; the partial text of a running turn is
 * left out.
 */
export async function listItems(db: Queryable, conversationId: string) {
  return db
    .select({ message: messages, turn: turns })
    .from(messages)
    .innerJoin(turns, and(eq(turns.orgId, messages.orgId), eq(turns.id, messages.turnId)))
    .where(
      and(
        eq(messages.conversationId, conversationId),
        sql`(${messages.role} = 'user' or ${turns.state} <> 'running')`,
      ),
    )
    .orderBy(asc(messages.seq));
}

export async function listRunningTurnIds(db: Queryable, conversationId: string): Promise<string[]> {
  const rows = await db
    .select({ id: turns.id })
    .from(turns)
    .where(and(eq(turns.conversationId, conversationId), eq(turns.state, "running")));
  return rows.map((row) => row.id);
}

export async function findMessageOfTurn(db: Queryable, owner: { orgId: string; turnId: string }) {
  const [row] = await db
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.orgId, owner.orgId),
        eq(messages.turnId, owner.turnId),
        sql`${messages.role} in ('assistant', 'notice')`,
      ),
    )
    .limit(1);
  return row ?? null;
}
