import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { asServed } from "./describe-decision.ts";
import {
  decisionView,
  messageView,
  receiptView,
  refusalView,
  type ConversationDetail,
  type MessageView,
} from "./schema.ts";
import { findOwnConversation, listItems, listRunningTurnIds } from "./store/conversations.ts";

type Item = Awaited<ReturnType<typeof listItems>>[number];

/**
 * A conversation of the caller with all its items, oldest first.
 * @throws DomainError `not_found`, also when it exists and is somebody else's.
 */
export async function getConversation(
  ctx: Ctx,
  conversationId: string,
): Promise<ConversationDetail> {
  const conversation = await findOwnConversation(ctx.db, ctx, conversationId);
  if (conversation === null)
    throw new DomainError("not_found", "no such conversation of the caller");
  const [items, runningTurnIds] = await Promise.all([
    listItems(ctx.db, conversationId),
    listRunningTurnIds(ctx.db, conversationId),
  ]);
  return {
    conversation: { ...conversation, updatedAt: conversation.updatedAt.toISOString() },
    messages: items.map(viewOf),
    runningTurnIds,
  };
}

function viewOf({ message, turn }: Item): MessageView {
  const isAnswer = message.role === "assistant";
  const receipt = turn.receipt === null ? null : receiptView.parse(turn.receipt);
  const planned =
    isAnswer && turn.decision !== null ? decisionView.parse(turn.decision["view"]) : null;
  const decision =
    planned === null || receipt === null ? planned : asServed(planned, receipt.servedModelId);
  return messageView.parse({
    id: message.id,
    turnId: message.turnId,
    role: message.role,
    text: message.parts.map((part) => part.text).join("\n"),
    state: message.state,
    finishReason: message.finishReason,
    replyTo: message.replyTo,
    version: message.version,
    createdAt: message.createdAt.toISOString(),
    decision,
    receipt: message.role === "user" ? null : receipt,
    refusal:
      message.role === "notice" && turn.refusal !== null ? refusalView.parse(turn.refusal) : null,
  });
}
