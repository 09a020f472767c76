import Anthropic from "@anthropic-ai/sdk";
import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import type { ProviderSettings } from "@/server/env.ts";
import { driveStream } from "./drive-stream.ts";
import type { ChunkReader } from "./drive-stream.ts";
import { anthropicUsage } from "./normalise-usage.ts";
import type { SdkErrorClasses } from "./provider-errors.ts";
import { fieldsOf, textOf } from "./read-json.ts";
import type {
  CompletionEvent,
  CompletionRequest,
  FinishReason,
  LlmProvider,
} from "./stream-completion.ts";
import { providerTimeouts } from "./stream-deadline.ts";
import type { ProviderTimeouts } from "./stream-deadline.ts";

const sdkErrors: SdkErrorClasses = {
  APIError: Anthropic.APIError,
  APIConnectionError: Anthropic.APIConnectionError,
  APIConnectionTimeoutError: Anthropic.APIConnectionTimeoutError,
};

/**
 * Anthropic's Messages API. One client for the life of the process; key and address are given here,
 * so that the SDK looks for none of its own in the environment or on disk, and it logs nothing,
 * since it would log what was said.
 */
export function anthropicProvider(
  settings: ProviderSettings,
  timeouts: ProviderTimeouts = providerTimeouts,
): LlmProvider {
  const client = new Anthropic({
    apiKey: settings.apiKey,
    authToken: null,
    webhookKey: null,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: timeouts.totalMs,
    logLevel: "off",
  });
  return {
    id: settings.id,
    load: () => Promise.resolve(),
    stream: (request) =>
      driveStream({
        providerId: settings.id,
        request,
        timeouts,
        sdkErrors,
        open: async (signal) => {
          const call = client.messages.create(messagesBody(request), { signal });
          const { data, request_id: requestId } = await call.withResponse();
          return { chunks: data, requestId: requestId ?? null };
        },
        makeReader: (requestId) => eventReader(requestId),
      }),
  };
}

/**
 * System messages have a field of their own; neighbours of the same role are legal and joined by
 * the API.
 */
function messagesBody(request: CompletionRequest) {
  const system = request.messages.filter(({ role }) => role === "system").map(({ text }) => text);
  const messages = request.messages.flatMap(({ role, text }) =>
    role === "system" ? [] : [{ role, content: text }],
  );
  return {
    model: request.providerModel,
    max_tokens: request.outputTokensMax,
    messages,
    stream: true as const,
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
  };
}

function eventReader(requestId: string | null): ChunkReader {
  let startUsage: unknown = null;
  let finishReason: FinishReason | null = null;
  let final: TokenUsage | null = null;
  let floor: TokenUsage | null = null;
  let isAbsurd = false;
  return {
    usage: () => ({ final, floor, isAbsurd }),
    finishReason: () => finishReason,
    read: (chunk) => {
      const event = fieldsOf(chunk);
      switch (event["type"]) {
        case "message_start": {
          const message = fieldsOf(event["message"]);
          startUsage = message["usage"];
          floor = anthropicUsage(startUsage, null);
          const providerRequestId = requestId ?? textOf(message["id"]);
          return [{ type: "started", providerRequestId, servedModel: textOf(message["model"]) }];
        }
        case "content_block_delta":
          return blockEvents(fieldsOf(event["delta"]));
        case "message_delta": {
          finishReason = finishReasonOf(fieldsOf(event["delta"])["stop_reason"]) ?? finishReason;
          // Without its delta the usage of the start counts one token of output: no last word.
          const usage = event["usage"] ?? null;
          final = usage === null ? null : anthropicUsage(startUsage, usage);
          isAbsurd = usage !== null && final === null;
          floor = final ?? floor;
          return [];
        }
        default:
          return [];
      }
    },
  };
}

function blockEvents(delta: Readonly<Record<string, unknown>>): CompletionEvent[] {
  const text = textOf(delta["text"]);
  if (text !== null) return [{ type: "delta", text }];
  const thinking = textOf(delta["thinking"]);
  return thinking === null ? [] : [{ type: "reasoning", text: thinking }];
}

function finishReasonOf(value: unknown): FinishReason | null {
  switch (value) {
    case undefined:
    case null:
      return null;
    case "end_turn":
    case "stop_sequence":
      return "stop";
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "refusal":
      return "content_filter";
    default:
      return "other";
  }
}
