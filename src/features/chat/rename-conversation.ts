import { DomainError } from "@/domain/errors.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import type { Ctx } from "@/server/ctx.ts";
import type { ConversationView } from "./schema.ts";
import { renameOwnConversation } from "./store/conversations.ts";

/**
 * Gives the caller's conversation another title. @throws DomainError `not_found`, also when it is
 * somebody else's.
 */
export async function renameConversation(
  ctx: Ctx,
  input: { readonly conversationId: string; readonly title: string },
): Promise<ConversationView> {
  const change = { id: input.conversationId, title: cleanText(input.title) };
  const row = await renameOwnConversation(ctx.db, ctx, change);
  if (row === null) throw new DomainError("not_found", "no such conversation of the caller");
  return { ...row, updatedAt: row.updatedAt.toISOString() };
}
