import { present } from "@/domain/assert.ts";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import type { TurnPlan } from "@/domain/routing/plan-turn.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { runMeteredCall } from "@/features/ledger/run-metered-call.ts";
import type { Ctx } from "@/server/ctx.ts";
import { openLiveTurn } from "./attach-reader.ts";
import { asConversationGone } from "./conversation-gone.ts";
import { describeCall } from "./describe-call.ts";
import { decideTurn } from "./decide-turn.ts";
import type { TurnEnd, TurnIds } from "./book-turn.ts";
import { decisionViewOf, servedDecision, type ServedModel } from "./describe-decision.ts";
import { finishInSight } from "./finish-turn.ts";
import { learnAfterwards } from "./learn-afterwards.ts";
import { loadTurn, type LoadedTurn, type TurnRequest } from "./load-turn.ts";
import { refuseTurn } from "./refuse-turn.ts";
import { replayTurn } from "./replay-turn.ts";
import type { DecisionView, ReceiptView } from "./schema.ts";
import { saveProgress } from "./store/turns.ts";

/**
 * More lost races than this mean the balance is fought over without end: give the caller an honest
 * "busy".
 */
const ATTEMPTS_MAX = 100;

export type TurnStart = {
  readonly conversationId: string;
  readonly decision: DecisionView;
  readonly isReplayed: boolean;
};

/**
 * Whoever reads the answer. `onStart` comes once, before the first `onDelta` or with the end of an
 * empty answer.
 */
export type TurnReader = {
  readonly signal: AbortSignal;
  readonly onStart: (start: TurnStart) => void;
  /** A promise asks the answer to wait: the reader is slower than the provider. */
  readonly onDelta: (text: string) => void | Promise<void>;
};

export type TurnResult = {
  readonly receipt: ReceiptView;
  readonly finishReason: string;
  /** Set when the provider failed after the first word: the answer is partial. */
  readonly failureCode: DomainErrorCode | null;
};

/**
 * The road of one message, stops 3 to 8; the two doors call nothing else.
 * @throws DomainError for every refusal (stored where `contract.md` 1 says so) and for a provider
 * that failed before the first word. Money is settled in every case before this returns or throws.
 */
export async function sendMessage(
  ctx: Ctx,
  request: TurnRequest,
  reader: TurnReader,
): Promise<TurnResult> {
  try {
    return await answerOrReplay(ctx, request, reader);
  } catch (error) {
    throw asConversationGone(error);
  }
}

/** Plans anew whenever the balance moved between the plan and its reservation. */
async function answerOrReplay(
  ctx: Ctx,
  request: TurnRequest,
  reader: TurnReader,
): Promise<TurnResult> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const loaded = await loadTurn(ctx, request);
    if (loaded.kind === "known") return replayTurn(ctx, request.body.messageId, reader);
    const plan = await decide(loaded, request);
    const ids = idsOf(loaded, request);
    const outcome = await answer({ loaded, plan, ids, request, reader });
    if (outcome.kind === "taken") return replayTurn(ctx, request.body.messageId, reader);
    if (outcome.kind === "ended") return outcome.result;
  }
  throw new DomainError("overloaded", "the balance moved under every plan", {
    retryAfterSeconds: 2,
  });
}

/** Stop 4. A refusal is stored before it is thrown. */
async function decide(loaded: LoadedTurn, request: TurnRequest): Promise<TurnPlan> {
  try {
    return decideTurn(loaded);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw await refuseTurn(loaded, request, error);
  }
}

function idsOf(loaded: LoadedTurn, request: TurnRequest): TurnIds {
  return {
    turnId: request.body.messageId,
    conversationId: request.body.conversationId ?? crypto.randomUUID(),
    questionMessageId: loaded.document.retried?.messageId ?? crypto.randomUUID(),
    answerMessageId: crypto.randomUUID(),
  };
}

type Running = {
  readonly loaded: LoadedTurn;
  readonly plan: TurnPlan;
  readonly ids: TurnIds;
  readonly request: TurnRequest;
  readonly reader: TurnReader;
};

type Answered =
  | { readonly kind: "taken" | "lost_race" }
  | { readonly kind: "ended"; readonly result: TurnResult };

/** Stops 5 to 8: the metered call, then the one settling transaction. */
async function answer(running: Running): Promise<Answered> {
  const { loaded, plan, ids, reader } = running;
  const { ctx } = loaded;
  const start = startOnce(running);
  const liveTurn = openLiveTurn(ctx.orgId, ids.turnId);
  const outcome = await runMeteredCall(ctx, {
    ...describeCall(running),
    signal: liveTurn.signal,
    onAdmitted: () => liveTurn.admit(reader.signal),
    onDelta: (text, target) => {
      start(target);
      return reader.onDelta(text);
    },
    onProgress: (text) => keepProgress(running, text),
  }).catch((error: unknown) => {
    liveTurn.end();
    throw error;
  });
  if (outcome.kind !== "ended") {
    liveTurn.end();
    return outcome;
  }
  const end = await finishInSight({ loaded, plan, ids, call: outcome }, liveTurn.end);
  learnAfterwards(loaded);
  if (end.receipt.state === "failed") throw failureOf(end, running);
  const last = outcome.attempts.at(-1);
  start(last?.target ?? plan);
  return { kind: "ended", result: { ...end, finishReason: last?.finishReason ?? "stop" } };
}

function failureOf({ failureCode }: TurnEnd, { plan, ids }: Running): DomainError {
  return new DomainError(present(failureCode, "a failed turn has a code"), "the provider failed", {
    provider: plan.provider,
    conversationId: ids.conversationId,
  });
}

/** The first word names the model that gives it, which may be a fallback. */
function startOnce({ loaded, plan, ids, reader }: Running): (served: ServedModel) => void {
  let isStarted = false;
  return ({ modelId, provider, outputTokensMax }) => {
    if (isStarted) return;
    isStarted = true;
    reader.onStart({
      conversationId: ids.conversationId,
      decision: servedDecision(decisionViewOf(loaded.facts, plan), {
        ...{ modelId, provider, outputTokensMax },
      }),
      isReplayed: false,
    });
  };
}

/** Not waited for: a lost write only makes the partial answer shorter after a crash. */
function keepProgress({ loaded, ids }: Running, text: string): void {
  const { turnId, answerMessageId, conversationId, questionMessageId: replyTo } = ids;
  saveProgress(loaded.ctx.db, answerMessageId, {
    ...{ orgId: loaded.ctx.orgId, turnId, answerMessageId, conversationId, replyTo },
    parts: [{ type: "text", text: cleanText(text) }],
  });
}
