import { dataEvent } from "./simulator-wire.ts";
import type { Answer, Wire } from "./simulator-wire.ts";

const createdAt = 1_790_000_000;

function chunk(answer: Answer, delta: unknown, finishReason: string | null, usage: unknown) {
  return dataEvent({
    id: `chatcmpl-${answer.callId}`,
    object: "chat.completion.chunk",
    created: createdAt,
    model: answer.servedModel,
    service_tier: "default",
    system_fingerprint: "fp_simulator",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    ...(answer.includeUsage ? { usage } : {}),
  });
}

/** Cached and written tokens inside the prompt, reasoning inside the completion. */
function openAiUsage(answer: Answer): unknown {
  const { usage } = answer.script;
  if (typeof usage === "object") return usage;
  const bill = answer.bill();
  const prompt = bill.freshInput + bill.cachedInput + bill.cacheWrite5m + bill.cacheWrite1h;
  return {
    prompt_tokens: prompt,
    completion_tokens: bill.output,
    total_tokens: prompt + bill.output,
    prompt_tokens_details: {
      cached_tokens: bill.cachedInput,
      audio_tokens: 0,
      ...(bill.cacheWrite5m > 0 ? { cache_write_tokens: bill.cacheWrite5m } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: bill.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const finishReasons = { stop: "stop", length: "length", refused: "content_filter" } as const;

function closeOpenAi(answer: Answer): string {
  const { usage, usageOnFinish } = answer.script;
  const isReported = answer.includeUsage && usage !== "none";
  const onFinish = isReported && usageOnFinish ? openAiUsage(answer) : null;
  const finish = chunk(answer, {}, finishReasons[answer.finish], onFinish);
  const own =
    isReported && !usageOnFinish
      ? dataEvent({
          id: `chatcmpl-${answer.callId}`,
          object: "chat.completion.chunk",
          created: createdAt,
          model: answer.servedModel,
          service_tier: "default",
          system_fingerprint: "fp_simulator",
          choices: [],
          usage: openAiUsage(answer),
        })
      : "";
  return `${finish}${own}data: [DONE]\n\n`;
}

function openAiError(script: Answer["script"]) {
  const { errorMessage, errorCode } = script;
  return { error: { message: errorMessage, type: errorCode, param: null, code: errorCode } };
}

/** OpenAI's Chat Completions stream. */
export const openAiWire: Wire = {
  headers: (callId) => ({
    "x-request-id": callId,
    "openai-version": "2020-10-01",
    "openai-processing-ms": "12",
  }),
  open: (answer) => chunk(answer, { role: "assistant", content: "", refusal: null }, null, null),
  reasoning: (answer, text) => chunk(answer, { reasoning_content: text }, null, null),
  text: (answer, text) => chunk(answer, { content: text }, null, null),
  close: closeOpenAi,
  errorEvent: (answer) => dataEvent(openAiError(answer.script)),
  errorBody: openAiError,
};

function geminiUsage(answer: Answer): unknown {
  const { usage } = answer.script;
  if (typeof usage === "object") return usage;
  const bill = answer.bill();
  const prompt = bill.freshInput + bill.cachedInput;
  return {
    completion_tokens: bill.output - bill.reasoning,
    prompt_tokens: prompt,
    total_tokens: prompt + bill.output,
    ...(bill.cachedInput > 0 ? { prompt_tokens_details: { cached_tokens: bill.cachedInput } } : {}),
  };
}

function geminiChunk(answer: Answer, delta: unknown, finishReason: string | null): string {
  const isReported = answer.includeUsage && answer.script.usage !== "none";
  return dataEvent({
    choices: [
      { delta, index: 0, ...(finishReason === null ? {} : { finish_reason: finishReason }) },
    ],
    created: createdAt,
    id: answer.callId,
    model: answer.servedModel,
    object: "chat.completion.chunk",
    ...(isReported ? { usage: geminiUsage(answer) } : {}),
  });
}

/**
 * Gemini by its OpenAI-compatible address: cumulative usage on every chunk, thinking only in the
 * total, no request-id header, errors as a list of one.
 */
export const geminiWire: Wire = {
  headers: () => ({}),
  open: () => "",
  reasoning: () => "",
  text: (answer, text) => geminiChunk(answer, { content: text, role: "assistant" }, null),
  close: (answer) =>
    `${geminiChunk(answer, { role: "assistant" }, finishReasons[answer.finish])}data: [DONE]\n\n`,
  errorEvent: (answer) => dataEvent(openAiError(answer.script)),
  errorBody: ({ status, errorMessage, errorCode }) => [
    { error: { code: status, message: errorMessage, status: errorCode.toUpperCase() } },
  ],
};
