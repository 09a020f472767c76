import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { deleteOwnConversation } from "./store/conversations.ts";

/**
 * Deletes the caller's conversation with its messages; a repeat by the same person is done already.
 * A running answer goes on, is settled and keeps no text; usage logs stay as they are. @throws
 * DomainError `not_found`, also when it is somebody else's.
 */
export async function deleteConversation(ctx: Ctx, conversationId: string): Promise<void> {
  const scope = `conversation.delete:${ctx.orgId}:${ctx.userId}`;
  await withTransaction(ctx, (tx) =>
    once(tx, { scope, key: conversationId, body: null }, async () => {
      const wasThere = await deleteOwnConversation(tx.db, ctx, conversationId);
      if (!wasThere) throw new DomainError("not_found", "no such conversation of the caller");
      return null;
    }),
  );
}
