import type { Ctx } from "@/server/ctx.ts";
import type { ConversationView } from "./schema.ts";
import { listOwnConversations } from "./store/conversations.ts";

const CONVERSATIONS_MAX = 500;

/** The caller's conversations, the last used first; at most 500. */
export async function listConversations(ctx: Ctx): Promise<ConversationView[]> {
  const rows = await listOwnConversations(ctx.db, ctx, CONVERSATIONS_MAX);
  return rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() }));
}
