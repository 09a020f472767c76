import type { DecisionView, ReceiptView } from "@/features/chat/schema.ts";

/** What every chunk of one answer shares. */
export type WireFrame = { readonly id: string; readonly created: number; readonly model: string };

/** The extra field on ordinary chunks (`contract.md` 1). */
export type PhoField = {
  readonly conversationId?: string;
  readonly decision?: DecisionView;
  readonly receipt?: ReceiptView;
  readonly replayed?: true;
};

export const DONE_EVENT = "data: [DONE]\n\n";
export const HEARTBEAT = ": heartbeat\n\n";

function event(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

function chunk(
  frame: WireFrame,
  choice: { delta: object; finish_reason: string | null },
  pho?: PhoField,
) {
  return {
    id: frame.id,
    object: "chat.completion.chunk",
    created: frame.created,
    model: frame.model,
    choices: [{ index: 0, ...choice }],
    ...(pho === undefined ? {} : { pho }),
  };
}

/** The first chunk: the role, where the answer lives and why this model gives it. */
export function roleEvent(frame: WireFrame, pho: PhoField): string {
  return event(
    chunk(frame, { delta: { role: "assistant", content: "" }, finish_reason: null }, pho),
  );
}

/**
 * Makes the encoder of an answer's text chunks. Everything but the text is the same in each, so it
 * is serialised once.
 */
export function makeDeltaEncoder(frame: WireFrame): (text: string) => string {
  const [before = "", after = ""] = event(
    chunk(frame, { delta: { content: "\u0000" }, finish_reason: null }),
  ).split(JSON.stringify("\u0000"));
  return (text) => before + JSON.stringify(text) + after;
}

/** Our finish reasons in OpenAI's words. */
export function wireFinishReason(finishReason: string): string {
  return finishReason === "length" || finishReason === "content_filter" ? finishReason : "stop";
}

export function finishEvent(frame: WireFrame, finishReason: string, pho: PhoField): string {
  return event(chunk(frame, { delta: {}, finish_reason: wireFinishReason(finishReason) }, pho));
}

/**
 * A failure after the response has started: one event, after which the stream ends without
 * `[DONE]`.
 */
export function failureEvent(failure: {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly receipt: ReceiptView | null;
}): string {
  const { code, message, requestId, receipt } = failure;
  return event({
    error: { code, message },
    requestId,
    ...(receipt === null ? {} : { pho: { receipt } }),
  });
}

/** The whole answer as one object (`stream: false`). */
export function completionObject(
  frame: WireFrame,
  answer: { readonly text: string; readonly finishReason: string; readonly receipt: ReceiptView },
  pho: PhoField,
) {
  const { tokens } = answer.receipt;
  const input = tokens.freshInput + tokens.cachedInput + tokens.cacheWrite;
  return {
    id: frame.id,
    object: "chat.completion",
    created: frame.created,
    model: frame.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer.text },
        finish_reason: wireFinishReason(answer.finishReason),
      },
    ],
    usage: {
      prompt_tokens: input,
      completion_tokens: tokens.output,
      total_tokens: input + tokens.output,
    },
    pho: { ...pho, receipt: answer.receipt },
  };
}
