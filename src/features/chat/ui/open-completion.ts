import { z } from "zod";
import type { SendMessageInput } from "../schema.ts";
import { readCompletionStream, type CompletionEvent } from "./read-completion-stream.ts";
import { noFailureDetails, type NewTurn, type TurnFailure } from "./turn-state.ts";

export type OpenedCompletion =
  | { readonly type: "stream"; readonly events: AsyncGenerator<CompletionEvent> }
  | {
      readonly type: "refused";
      readonly failure: TurnFailure;
      readonly conversationId: string | null;
    };

/**
 * The refusal body of the chat door; every field may be missing when something between answered
 * instead.
 */
const refusalBody = z.object({
  error: z
    .object({
      code: z.string().catch("unknown"),
      message: z.string().catch(""),
      modelId: z.string().nullish().catch(null),
      feature: z.string().nullish().catch(null),
    })
    .catch({ code: "unknown", message: "" }),
  remainingMicroVnd: z.string().nullish().catch(null),
  resetsAt: z.string().nullish().catch(null),
  capMicroVnd: z.string().nullish().catch(null),
  limitCount: z.number().nullish().catch(null),
  modelId: z.string().nullish().catch(null),
  feature: z.string().nullish().catch(null),
  pho: z.object({ conversationId: z.string().nullish() }).nullish().catch(null),
});

function retryAfterSeconds(headers: Headers): number | null {
  const seconds = Number.parseInt(headers.get("retry-after") ?? "", 10);
  return Number.isNaN(seconds) ? null : seconds;
}

async function readRefusal(response: Response): Promise<OpenedCompletion> {
  const json: unknown = await response.json().catch(() => null);
  const parsed = refusalBody.safeParse(json);
  const seconds = retryAfterSeconds(response.headers);
  if (!parsed.success) {
    const failure = {
      ...noFailureDetails,
      code: "unknown",
      message: "",
      retryAfterSeconds: seconds,
    };
    return { type: "refused", failure, conversationId: null };
  }
  const { error, pho, ...details } = parsed.data;
  const conversationId = pho?.conversationId ?? null;
  const failure: TurnFailure = {
    code: error.code,
    message: error.message,
    remainingMicroVnd: details.remainingMicroVnd ?? null,
    resetsAt: details.resetsAt ?? null,
    capMicroVnd: details.capMicroVnd ?? null,
    limitCount: details.limitCount ?? null,
    modelId: details.modelId ?? error.modelId ?? null,
    feature: details.feature ?? error.feature ?? null,
    retryAfterSeconds: seconds,
    retryAtMs: seconds === null || conversationId !== null ? null : Date.now() + seconds * 1_000,
  };
  return { type: "refused", failure, conversationId };
}

function bodyOf(turn: NewTurn): SendMessageInput {
  return {
    messageId: turn.turnId,
    ...(turn.conversationId === null ? {} : { conversationId: turn.conversationId }),
    ...(turn.retryOf === null ? {} : { retryOf: turn.retryOf }),
    model: turn.choice.model,
    stream: true,
    messages: [{ role: "user", content: turn.questionText }],
  };
}

/**
 * Sends a turn through the chat door. The same turn sent twice is the same request (its id and
 * body), so it is safe to repeat after a lost line. Rejects when no response came (offline,
 * aborted).
 */
export async function openCompletion(
  turn: NewTurn,
  signal: AbortSignal,
): Promise<OpenedCompletion> {
  const response = await fetch(`/webapi/chat/${encodeURIComponent(turn.choice.provider)}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify(bodyOf(turn)),
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!response.ok || response.body === null) return await readRefusal(response);
  return { type: "stream", events: readCompletionStream(response.body) };
}
