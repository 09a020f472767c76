import OpenAI from "openai";
import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import type { ProviderSettings } from "@/server/env.ts";
import { driveStream } from "./drive-stream.ts";
import type { ChunkReader } from "./drive-stream.ts";
import { openAiUsage } from "./normalise-usage.ts";
import type { OpenAiUsageRule } from "./normalise-usage.ts";
import type { SdkErrorClasses } from "./provider-errors.ts";
import { fieldsOf, itemsOf, textOf } from "./read-json.ts";
import type {
  CompletionEvent,
  CompletionRequest,
  FinishReason,
  LlmProvider,
} from "./stream-completion.ts";
import { providerTimeouts } from "./stream-deadline.ts";
import type { ProviderTimeouts } from "./stream-deadline.ts";

const sdkErrors: SdkErrorClasses = {
  APIError: OpenAI.APIError,
  APIConnectionError: OpenAI.APIConnectionError,
  APIConnectionTimeoutError: OpenAI.APIConnectionTimeoutError,
};

/**
 * A provider that speaks OpenAI's Chat Completions: OpenAI itself, Gemini by its OpenAI-compatible
 * address, or any compatible server. One client for the life of the process; key, address and
 * organisation are given here, so that the SDK takes none from the environment, and it logs
 * nothing, since it would log what the provider said.
 */
export function openAiProvider(
  settings: ProviderSettings,
  timeouts: ProviderTimeouts = providerTimeouts,
): LlmProvider {
  const client = new OpenAI({
    // Local servers (Ollama, vLLM) take any key, but the SDK takes no empty one.
    apiKey: settings.apiKey === "" ? "none" : settings.apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: timeouts.totalMs,
    logLevel: "off",
    fetch: fetchWithReadableErrors,
  });
  const rule: OpenAiUsageRule = settings.wire === "gemini" ? "gemini" : "openai";
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
          const call = client.chat.completions.create(chatBody(settings, request), { signal });
          const { data, response } = await call.withResponse();
          return { chunks: data, requestId: response.headers.get("x-request-id") };
        },
        makeReader: (requestId) => chunkReader(requestId, rule),
      }),
  };
}

/**
 * OpenAI refuses `max_tokens` for its reasoning models and takes `max_completion_tokens` for all
 * (API reference); many compatible servers know `max_tokens` only and would silently drop the
 * other, and with it the cap the hold relies on. Gemini documents both and counts its thinking
 * inside either.
 */
function chatBody(settings: ProviderSettings, request: CompletionRequest) {
  const cap =
    settings.wire === "openai" && settings.id === "openai"
      ? { max_completion_tokens: request.outputTokensMax }
      : { max_tokens: request.outputTokensMax };
  return {
    model: request.providerModel,
    messages: request.messages.map(({ role, text }) => ({ role, content: text })),
    stream: true as const,
    stream_options: { include_usage: true },
    ...cap,
  };
}

/** Google sends its errors as a list of one, of which the SDK reads nothing: the one is passed on. */
async function fetchWithReadableErrors(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  if (response.ok) return response;
  const body = await response.text();
  const { status, headers } = response;
  return new Response(onlyItem(body) ?? body, { status, headers });
}

function onlyItem(body: string): string | null {
  if (!body.trimStart().startsWith("[")) return null;
  try {
    const items = itemsOf(JSON.parse(body));
    return items.length === 1 ? JSON.stringify(items[0]) : null;
  } catch {
    return null;
  }
}

function chunkReader(requestId: string | null, rule: OpenAiUsageRule): ChunkReader {
  let isStarted = false;
  let isRefusal = false;
  let finishReason: FinishReason | null = null;
  let final: TokenUsage | null = null;
  let floor: TokenUsage | null = null;
  let isAbsurd = false;
  return {
    usage: () => ({ final, floor, isAbsurd }),
    finishReason: () => (isRefusal && finishReason !== null ? "content_filter" : finishReason),
    read: (chunk) => {
      const events: CompletionEvent[] = [];
      const fields = fieldsOf(chunk);
      if (!isStarted) {
        isStarted = true;
        const providerRequestId = requestId ?? textOf(fields["id"]);
        events.push({ type: "started", providerRequestId, servedModel: textOf(fields["model"]) });
      }
      const choice = fieldsOf(itemsOf(fields["choices"])[0]);
      const delta = fieldsOf(choice["delta"]);
      const reasoning = textOf(delta["reasoning_content"]) ?? textOf(delta["reasoning"]);
      if (reasoning !== null) events.push({ type: "reasoning", text: reasoning });
      const refusal = textOf(delta["refusal"]);
      if (refusal !== null) isRefusal = true;
      const text = textOf(delta["content"]) ?? refusal;
      if (text !== null) events.push({ type: "delta", text });
      finishReason = finishReasonOf(choice["finish_reason"]) ?? finishReason;
      // On whatever chunk it comes: the last, without choices (OpenAI), or every one, cumulative
      // (Gemini).
      const usage = fields["usage"];
      if (usage !== undefined && usage !== null) {
        final = openAiUsage(usage, rule);
        isAbsurd = final === null;
        floor = final ?? floor;
      }
      return events;
    },
  };
}

function finishReasonOf(value: unknown): FinishReason | null {
  const reason = textOf(value);
  if (reason === null) return null;
  if (reason === "stop" || reason === "length" || reason === "content_filter") return reason;
  return "other";
}
