import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import type { Ctx } from "@/server/ctx.ts";
import { log } from "@/server/log.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { titleOf } from "./build-context.ts";
import { refusalOf } from "./describe-refusal.ts";
import { bodyHash, type LoadedTurn, type TurnRequest } from "./load-turn.ts";
import { claimTurnAlone, endTurn, saveAnswer } from "./store/turns.ts";

/**
 * Refusals for plan, limit or budget: kept as an item of the conversation and replayed under their
 * id.
 */
const STORED_CODES: ReadonlySet<DomainErrorCode> = new Set([
  "budget_exhausted",
  "daily_cap_reached",
  "query_cap_exceeded",
  "member_cap_reached",
  "key_cap_reached",
  "free_ceiling_reached",
  "model_not_allowed",
  "feature_disabled",
  "email_unverified",
  "message_limit_reached",
]);

/**
 * Stores a refused turn with its question and a notice, when its code is one that stays; other
 * errors leave the id free.
 * @returns the error to throw. When another request took the id meanwhile, nothing is stored and
 * the refusal stands.
 */
export async function refuseTurn(
  loaded: LoadedTurn,
  request: TurnRequest,
  error: DomainError,
): Promise<DomainError> {
  const { ctx, document } = loaded;
  if (error.code === "model_unpriced") await tellOps(ctx, request.body.model);
  if (!STORED_CODES.has(error.code)) return error;
  const conversationId = request.body.conversationId ?? crypto.randomUUID();
  const questionMessageId = document.retried?.messageId ?? crypto.randomUUID();
  const refusal = refusalOf(error.code, error.details);
  const isStored = await withTransaction(ctx, async (tx) => {
    const isClaimed = await claimTurnAlone(tx.db, {
      orgId: ctx.orgId,
      userId: ctx.userId,
      turnId: request.body.messageId,
      conversationId,
      isNewConversation: request.body.conversationId === undefined,
      title: titleOf(loaded.question),
      bodyHash: bodyHash(ctx, request),
      now: ctx.now.toISOString(),
      decision: null,
      processId: null,
      answerMessageId: null,
      questionMessageId,
      question: document.retried === null ? [{ type: "text", text: loaded.question }] : null,
    });
    if (!isClaimed) return false;
    await saveAnswer(tx.db, {
      messageId: crypto.randomUUID(),
      conversationId,
      orgId: ctx.orgId,
      turnId: request.body.messageId,
      replyTo: questionMessageId,
      role: "notice",
      text: "",
      state: "refused",
      finishReason: null,
    });
    await endTurn(
      tx.db,
      { orgId: ctx.orgId, turnId: request.body.messageId },
      { state: "refused", refusal },
    );
    return true;
  });
  if (!isStored) return error;
  return new DomainError(error.code, error.message, { ...error.details, conversationId });
}

/** Somebody wanted what has no price: ops hear of it at once, and the refusal stands whatever comes of that. */
async function tellOps(ctx: Ctx, modelId: string): Promise<void> {
  await raiseOpsAlert(ctx.db, {
    kind: "model_unpriced",
    dedupeKey: `model_unpriced:${modelId}`,
    payload: { modelId, requestId: ctx.requestId },
  }).catch((failure: unknown) => {
    log().error({ requestId: ctx.requestId, modelId, err: failure }, "ops could not be told");
  });
}
