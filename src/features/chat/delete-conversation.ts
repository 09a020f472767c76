import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { deleteOwnConversation } from "./store/conversations.ts";

/**
 * Deletes the caller's conversation with its messages. A running answer goes on, is settled and
 * keeps no text; usage logs stay as they are. @throws DomainError `not_found`, also when it is
 * somebody else's.
 */
export async function deleteConversation(ctx: Ctx, conversationId: string): Promise<void> {
  const wasThere = await deleteOwnConversation(ctx.db, ctx, conversationId);
  if (!wasThere) throw new DomainError("not_found", "no such conversation of the caller");
}
