import { estimateUsage } from "@/domain/ledger/estimate-usage.ts";
import { isPlausibleUsage } from "@/domain/ledger/plausible-usage.ts";
import {
  priceUsage,
  type ExchangeRate,
  type ModelPrice,
  type UsageCost,
} from "@/domain/pricing/price-usage.ts";
import { noTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";
import { crashPoint } from "@/server/crash-points.ts";
import { countTokens } from "@/server/llm/count-tokens.ts";
import {
  ProviderError,
  type CompletionMessage,
  type FinishReason,
  type LlmProvider,
} from "@/server/llm/stream-completion.ts";
import { log } from "@/server/log.ts";
import type { CallEnd } from "./store.ts";
import {
  emptySeenStream,
  makeProgressClock,
  noteEvent,
  roughOutputTokens,
  type SeenStream,
} from "./watch-stream.ts";

/** One model that may answer a call, with all that an attempt at it needs. */
export type CallTarget = {
  readonly modelId: string;
  readonly provider: string;
  readonly providerModel: string;
  /** All tiers of the price version valid at admission. */
  readonly prices: readonly ModelPrice[];
  readonly outputTokensMax: number;
  /**
   * The catalogue's model of that name at the same provider, where another one answers than was
   * asked: it is billed by its own price. null: an alias or a snapshot of the one that was asked.
   */
  readonly findServed: (servedModel: string) => ServedTarget | null;
};

export type ServedTarget = Pick<CallTarget, "modelId" | "prices">;

/** One attempt as it went: whom it asked, what was used, what that costs, how it ended. */
export type MeteredAttempt = {
  readonly target: CallTarget;
  readonly end: CallEnd;
  readonly usage: TokenUsage;
  readonly source: "reported" | "estimated";
  /** The provider reported a usage that cannot be: an estimate was booked in its place. */
  readonly isUsageAbsurd: boolean;
  readonly cost: UsageCost;
  /** By whose price: the model that was asked, or another one of ours that answered. */
  readonly billedModelId: string;
  readonly servedModel: string | null;
  readonly finishReason: FinishReason | null;
  readonly responseTimeMs: number;
  readonly firstTokenMs: number | null;
};

export type AttemptInput = {
  readonly target: CallTarget;
  readonly provider: LlmProvider;
  readonly providerCallId: string;
  readonly rate: ExchangeRate;
  readonly messages: readonly CompletionMessage[];
  readonly inputTokensEstimated: number;
  readonly signal: AbortSignal;
  readonly onDelta: (text: string) => void | Promise<void>;
  /** Called every 100 tokens or 250 ms. */
  readonly onProgress: (seen: SeenStream) => void;
};

export type AttemptResult = {
  readonly attempt: MeteredAttempt;
  readonly text: string;
  readonly isTokenSeen: boolean;
  /** null: ended as the provider meant it. */
  readonly failure: ProviderError | null;
};

/**
 * A provider that goes on far beyond the cap it was given is cut off: such a stream is a fault, and
 * everything that remembers it is bounded.
 */
const OVERRUN_FACTOR = 4;
const OVERRUN_TOKENS = 4_096;

/**
 * Streams one attempt until the provider ends, fails or is aborted, and prices what it used at the
 * given prices and rate. It writes nothing and never throws.
 */
export async function attemptCall(input: AttemptInput): Promise<AttemptResult> {
  const seen = emptySeenStream(performance.now());
  const failure = await consume(input, seen);
  if (failure === null) crashPoint("after_usage");
  return {
    attempt: await measure(input, seen, failure),
    text: seen.text,
    isTokenSeen: seen.firstTokenAtMs !== null,
    failure,
  };
}

/**
 * An attempt that was not sent because nobody could be sure to know of it. Its mark may be in the
 * books all the same, so it ends like one that did not reach its provider: sent as far as the books
 * go, with a log of nothing used.
 */
export function unsentAttempt(input: AttemptInput): Promise<MeteredAttempt> {
  const failure = new ProviderError("failed", "the mark was not acknowledged", { isSent: false });
  return measure(input, emptySeenStream(performance.now()), failure);
}

async function consume(input: AttemptInput, seen: SeenStream): Promise<ProviderError | null> {
  const { target, provider } = input;
  const isProgressDue = makeProgressClock(seen.startedAtMs);
  const overrunTokens = target.outputTokensMax * OVERRUN_FACTOR + OVERRUN_TOKENS;
  try {
    const events = provider.stream({
      providerModel: target.providerModel,
      messages: input.messages,
      outputTokensMax: target.outputTokensMax,
      signal: input.signal,
    });
    for await (const event of events) {
      const nowMs = performance.now();
      noteEvent(seen, event, nowMs);
      const tokens = roughOutputTokens(seen);
      if (tokens > overrunTokens) return new ProviderError("failed", "the stream does not end");
      if (isProgressDue(tokens, nowMs)) {
        input.onProgress(seen);
        crashPoint("mid_stream");
      }
      // A reader that is slower than the provider slows the provider down.
      if (event.type === "delta") await input.onDelta(event.text);
    }
    return seen.finishReason === null
      ? new ProviderError("failed", "the stream ended without a finish")
      : null;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    log().error({ provider: target.provider, err: error }, "provider adapter failed");
    return new ProviderError("failed", "the adapter failed");
  }
}

async function measure(
  input: AttemptInput,
  seen: SeenStream,
  failure: ProviderError | null,
): Promise<MeteredAttempt> {
  const { target } = input;
  const outputTokensSeen = (await countTokens(seen.text)) + (await countTokens(seen.reasoningText));
  const served = seen.servedModel === null ? null : target.findServed(seen.servedModel);
  const billed = served ?? target;
  const measured = usageOf(input, { seen, failure, outputTokensSeen });
  return {
    target,
    end: {
      ...progressOf(input.providerCallId, seen, outputTokensSeen),
      outcome: outcomeOf(failure),
      isDispatched: true,
    },
    ...measured,
    cost: priceUsage(measured.usage, billed.prices, input.rate),
    billedModelId: billed.modelId,
    servedModel: seen.servedModel,
    finishReason: seen.finishReason,
    responseTimeMs: Math.round(performance.now() - seen.startedAtMs),
    firstTokenMs:
      seen.firstTokenAtMs === null ? null : Math.round(seen.firstTokenAtMs - seen.startedAtMs),
  };
}

/**
 * How an attempt ended, in the words of `provider_calls.outcome`. `rejected`: refused with an HTTP
 * status, its own fault (5xx) or ours (4xx); such a call is not billed, and recovery must know.
 */
export function outcomeOf(failure: ProviderError | null): string {
  if (failure === null) return "complete";
  if (!failure.isSent) return "not_sent";
  if (failure.kind === "failed" && failure.status !== null) return "rejected";
  return failure.kind === "aborted" ? "interrupted" : failure.kind;
}

type Measured = Pick<MeteredAttempt, "usage" | "source" | "isUsageAbsurd">;

/**
 * The provider's own word when the stream ended as meant and the word can be true; nothing for a
 * request that it refused with a status or that never reached it; else an estimate from what was
 * seen. A final-looking usage of a broken stream is a floor, not the bill.
 */
function usageOf(
  input: AttemptInput,
  stream: {
    readonly seen: SeenStream;
    readonly failure: ProviderError | null;
    readonly outputTokensSeen: number;
  },
): Measured {
  const { seen, failure, outputTokensSeen } = stream;
  const { inputTokensEstimated, target } = input;
  const wasRefused = failure !== null && failure.status !== null && failure.status >= 400;
  const isFree = failure !== null && (wasRefused || !failure.isSent);
  if (isFree && seen.firstTokenAtMs === null) {
    return { usage: noTokens, source: "reported", isUsageAbsurd: false };
  }
  const bounds = {
    inputTokensEstimated,
    outputTokensSeen,
    outputTokensMax: target.outputTokensMax,
  };
  const isPlausible = seen.usage !== null && isPlausibleUsage(seen.usage, bounds);
  if (failure === null && seen.usage !== null && isPlausible) {
    return { usage: seen.usage, source: "reported", isUsageAbsurd: false };
  }
  const usage = estimateUsage({
    provider: target.provider,
    inputTokensEstimated,
    outputTokensSeen,
    outputTokensMax: target.outputTokensMax,
    lastReported: isPlausible ? seen.usage : null,
  });
  return {
    usage,
    source: "estimated",
    isUsageAbsurd: seen.isUsageAbsurd || (seen.usage !== null && !isPlausible),
  };
}

/** What is known of a running attempt. */
export function progressOf(providerCallId: string, seen: SeenStream, outputTokensSeen: number) {
  return {
    providerCallId,
    outputTokensSeen,
    providerRequestId: seen.providerRequestId,
    isFirstByteSeen: seen.firstTokenAtMs !== null || seen.servedModel !== null,
  };
}
