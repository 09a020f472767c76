import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import { ProviderError } from "@/server/llm/stream-completion.ts";
import type {
  CompletionRequest,
  FinishReason,
  LlmProvider,
} from "@/server/llm/stream-completion.ts";

/** Everything one stream gave, up to its end or its failure. */
export type Collected = {
  text: string;
  reasoning: string;
  usage: TokenUsage | null;
  finishReason: FinishReason | null;
  providerRequestId: string | null;
  servedModel: string | null;
  error: ProviderError | null;
};

export type AskOptions = Partial<CompletionRequest> & {
  readonly onText?: (textSoFar: string) => void;
};

/**
 * Sends `question` and gathers the events; a ProviderError ends up in `error`, anything else is
 * thrown.
 */
export async function ask(
  provider: LlmProvider,
  question: string,
  options: AskOptions = {},
): Promise<Collected> {
  const { onText, ...overrides } = options;
  const collected: Collected = {
    ...{ text: "", reasoning: "", usage: null, finishReason: null },
    ...{ providerRequestId: null, servedModel: null, error: null },
  };
  const request: CompletionRequest = {
    providerModel: "model-one",
    messages: [{ role: "user", text: question }],
    outputTokensMax: 4096,
    signal: new AbortController().signal,
    ...overrides,
  };
  try {
    for await (const event of provider.stream(request)) {
      if (event.type === "delta") {
        collected.text += event.text;
        onText?.(collected.text);
      } else if (event.type === "reasoning") collected.reasoning += event.text;
      else if (event.type === "usage") collected.usage = event.usage;
      else if (event.type === "finished") collected.finishReason = event.finishReason;
      else if (event.type === "started") {
        collected.providerRequestId = event.providerRequestId;
        collected.servedModel = event.servedModel;
      }
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    collected.error = error;
  }
  return collected;
}
