import { namedEvent } from "./simulator-wire.ts";
import type { Answer, Wire } from "./simulator-wire.ts";

function startUsage(answer: Answer): unknown {
  const { usage } = answer.script;
  if (typeof usage === "object") return usage;
  const bill = answer.bill();
  return {
    input_tokens: bill.freshInput,
    cache_creation_input_tokens: bill.cacheWrite5m + bill.cacheWrite1h,
    cache_read_input_tokens: bill.cachedInput,
    cache_creation: {
      ephemeral_5m_input_tokens: bill.cacheWrite5m,
      ephemeral_1h_input_tokens: bill.cacheWrite1h,
    },
    // The first token is counted before anything is sent; the deltas are cumulative and replace it.
    output_tokens: 1,
    service_tier: "standard",
  };
}

function deltaUsage(answer: Answer): unknown {
  const { usage } = answer.script;
  if (typeof usage === "object") return usage;
  const bill = answer.bill();
  return {
    input_tokens: bill.freshInput,
    cache_creation_input_tokens: bill.cacheWrite5m + bill.cacheWrite1h,
    cache_read_input_tokens: bill.cachedInput,
    output_tokens: bill.output,
    ...(bill.reasoning > 0 ? { output_tokens_details: { thinking_tokens: bill.reasoning } } : {}),
  };
}

const isThoughtShown = (answer: Answer) =>
  answer.script.showReasoning && answer.script.reasoning > 0;
const textIndex = (answer: Answer) => (isThoughtShown(answer) ? 1 : 0);

function open(answer: Answer): string {
  const isReported = answer.script.usage !== "none";
  const message = {
    id: `msg_${answer.callId}`,
    type: "message",
    role: "assistant",
    model: answer.servedModel,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(isReported ? { usage: startUsage(answer) } : {}),
  };
  const textBlock = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  };
  const thought = {
    type: "content_block_start",
    index: 0,
    content_block: { type: "thinking", thinking: "", signature: "" },
  };
  const first = isThoughtShown(answer) ? thought : textBlock;
  return (
    namedEvent({ type: "message_start", message }) +
    namedEvent(first) +
    namedEvent({ type: "ping" })
  );
}

/**
 * The one thinking block: its text, its signature, its end, and the start of the text block behind
 * it.
 */
function reasoning(_answer: Answer, text: string): string {
  return [
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: text } },
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "signature_delta", signature: "c2lnbmF0dXJl" },
    },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  ]
    .map((event) => namedEvent(event))
    .join("");
}

function text(answer: Answer, piece: string): string {
  return namedEvent({
    type: "content_block_delta",
    index: textIndex(answer),
    delta: { type: "text_delta", text: piece },
  });
}

const stopReasons = { stop: "end_turn", length: "max_tokens", refused: "refusal" } as const;

function close(answer: Answer): string {
  const isReported = answer.script.usage !== "none";
  const delta = { stop_reason: stopReasons[answer.finish], stop_sequence: null };
  return [
    { type: "content_block_stop", index: textIndex(answer) },
    { type: "message_delta", delta, ...(isReported ? { usage: deltaUsage(answer) } : {}) },
    { type: "message_stop" },
  ]
    .map((event) => namedEvent(event))
    .join("");
}

/** Anthropic's Messages stream. */
export const anthropicWire: Wire = {
  headers: (callId) => ({ "request-id": callId, "anthropic-ratelimit-requests-remaining": "999" }),
  open,
  reasoning,
  text,
  close,
  errorEvent: ({ script, callId }) =>
    namedEvent({
      type: "error",
      error: { type: script.errorCode, message: script.errorMessage },
      request_id: callId,
    } as const),
  errorBody: (script, callId) => ({
    type: "error",
    error: { type: script.errorCode, message: script.errorMessage },
    request_id: callId,
  }),
};
