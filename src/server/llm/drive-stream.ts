import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import { abortedError, toProviderError } from "./provider-errors.ts";
import type { SdkErrorClasses } from "./provider-errors.ts";
import { ProviderError } from "./stream-completion.ts";
import type { CompletionEvent, CompletionRequest, FinishReason } from "./stream-completion.ts";
import { startStreamDeadline } from "./stream-deadline.ts";
import type { ProviderTimeouts } from "./stream-deadline.ts";

/**
 * What the provider has said of the usage. `final`: its last word, null where it never gave it or
 * where it cannot be trusted. `floor`: the last trusted count on the way (Anthropic tells the input
 * side first): at least that much was used, should the stream break.
 */
export type ReportedUsage = {
  readonly final: TokenUsage | null;
  readonly floor: TokenUsage | null;
  /** It gave a last word, and that cannot be true. */
  readonly isAbsurd: boolean;
};

/**
 * Turns the chunks of one stream into events; made anew for each call, since it remembers what it
 * saw.
 */
export type ChunkReader = {
  /** The events one chunk stands for, usage aside; chunks are untrusted JSON. */
  readonly read: (chunk: unknown) => readonly CompletionEvent[];
  readonly usage: () => ReportedUsage;
  /** Why the stream ended, or null when it never said so and was therefore cut. */
  readonly finishReason: () => FinishReason | null;
};

export type OpenedStream = {
  readonly chunks: AsyncIterable<unknown>;
  readonly requestId: string | null;
};

export type StreamCall = {
  readonly providerId: string;
  readonly request: CompletionRequest;
  readonly timeouts: ProviderTimeouts;
  readonly sdkErrors: SdkErrorClasses;
  /** Dispatches the request; resolves with the response's head. */
  readonly open: (signal: AbortSignal) => Promise<OpenedStream>;
  readonly makeReader: (requestId: string | null) => ChunkReader;
};

/**
 * One provider call from dispatch to its last event: time-outs, the abort, and the mapping of every
 * failure. Usage comes last, before `finished` only the provider's trusted last word, before a
 * failure the floor it had told: a consumer that sees the stream finish may book what it was told,
 * and is told nothing rather than a half.
 * @throws ProviderError, always and only; `failed` also for a stream that ends without having said
 * why.
 */
export async function* driveStream(call: StreamCall): AsyncGenerator<CompletionEvent> {
  const { providerId, request, sdkErrors } = call;
  const deadline = startStreamDeadline(request.signal, call.timeouts);
  let reader: ChunkReader | null = null;
  try {
    const { chunks, requestId } = await call.open(deadline.signal);
    reader = call.makeReader(requestId);
    deadline.touch();
    for await (const chunk of chunks) {
      if (deadline.signal.aborted) break;
      deadline.touch();
      yield* reader.read(chunk);
    }
    // The SDKs end an aborted stream without a word.
    if (deadline.signal.aborted) throw abortedError(providerId);
    const finishReason = reader.finishReason();
    if (finishReason === null)
      throw new ProviderError("failed", `${providerId}: stream ended early`);
    if (reader.usage().isAbsurd) yield { type: "absurd_usage" };
    yield* usageEvents(reader.usage().final);
    yield { type: "finished", finishReason };
  } catch (error) {
    const callerSignal = request.signal;
    const failure = toProviderError(error, { providerId, callerSignal, deadline, sdkErrors });
    yield* usageEvents(reader?.usage().floor ?? null);
    throw failure;
  } finally {
    deadline.close();
  }
}

function usageEvents(usage: TokenUsage | null): CompletionEvent[] {
  return usage === null ? [] : [{ type: "usage", usage }];
}
