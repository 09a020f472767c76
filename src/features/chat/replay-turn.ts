import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { asServed } from "./describe-decision.ts";
import { attachReader } from "./attach-reader.ts";
import { refusalDetails } from "./describe-refusal.ts";
import { decisionView, receiptView, refusalView } from "./schema.ts";
import type { TurnReader, TurnResult } from "./send-message.ts";
import { findMessageOfTurn } from "./store/conversations.ts";
import { findTurn, type TurnRow } from "./store/turns.ts";

const POLL_MS_FIRST = 50;
const POLL_MS_MAX = 1_000;

/**
 * Waits for a turn that somebody is or was answering under the same id, and gives its stored end.
 * Holds no database connection while it waits: on this process it waits for the turn itself, for
 * another process it looks again.
 * @throws DomainError the stored refusal or failure; `state_conflict` when the reader left before
 * the end.
 */
export async function replayTurn(
  ctx: Ctx,
  turnId: string,
  reader: TurnReader,
): Promise<TurnResult> {
  const turn = await waitForEnd(ctx, turnId, reader.signal);
  if (turn.state === "refused" || turn.state === "failed") {
    const refusal = refusalView.parse(turn.refusal);
    throw new DomainError(refusal.code, "stored refusal", {
      ...refusalDetails(refusal, ctx.now),
      ...(turn.conversationId === null ? {} : { conversationId: turn.conversationId }),
    });
  }
  const message = await findMessageOfTurn(ctx.db, { orgId: ctx.orgId, turnId });
  const text = message?.parts[0]?.text ?? "";
  const planned = decisionView.parse(
    present(turn.decision, "a finished turn has a decision")["view"],
  );
  const receipt = receiptView.parse(turn.receipt);
  const decision = asServed(planned, receipt.servedModelId);
  reader.onStart({ conversationId: turn.conversationId ?? "", decision, isReplayed: true });
  if (text !== "") await reader.onDelta(text);
  return {
    receipt,
    finishReason: message?.finishReason ?? "stop",
    // A half answer is replayed as the half it was.
    failureCode: turn.refusal === null ? null : refusalView.parse(turn.refusal).code,
  };
}

async function waitForEnd(ctx: Ctx, turnId: string, signal: AbortSignal): Promise<TurnRow> {
  for (let waitMs = POLL_MS_FIRST; !signal.aborted; waitMs = Math.min(waitMs * 2, POLL_MS_MAX)) {
    const ended = attachReader(ctx.orgId, turnId, signal);
    if (ended !== null) await ended;
    const turn = present(await findTurn(ctx.db, ctx.orgId, turnId), "a known turn exists");
    if (turn.state !== "running") return turn;
    if (ended === null) await pause(waitMs, signal);
  }
  throw new DomainError("state_conflict", "the reader left before the turn ended");
}

/** Resolves after `ms`, or at once when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
    signal.addEventListener("abort", finish, { once: true });
  });
}
