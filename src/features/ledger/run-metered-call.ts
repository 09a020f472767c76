import { DomainError } from "@/domain/errors.ts";
import { estimateUsage } from "@/domain/ledger/estimate-usage.ts";
import {
  priceForInput,
  priceUsage,
  type ExchangeRate,
  type ModelPrice,
  type UsageCost,
} from "@/domain/pricing/price-usage.ts";
import { noTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";
import { present } from "@/domain/assert.ts";
import type { Ctx } from "@/server/ctx.ts";
import { databaseErrorCode } from "@/server/db/database-errors.ts";
import { env } from "@/server/env.ts";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { llmProviders } from "@/server/llm/providers.ts";
import {
  ProviderError,
  type CompletionMessage,
  type FinishReason,
  type LlmProvider,
  type ProviderErrorKind,
} from "@/server/llm/stream-completion.ts";
import { log } from "@/server/log.ts";
import {
  markDispatched,
  reserveCall,
  saveCallProgress,
  type CallEnd,
  type Claim,
  type ReserveParameters,
} from "./store.ts";
import {
  emptySeenStream,
  makeProgressClock,
  noteEvent,
  roughOutputTokens,
  type SeenStream,
} from "./watch-stream.ts";

/** SQLSTATE of our guards: a balance moved between the plan and the reservation. */
const LOST_RACE = "PH001";

export type MeteredCall = {
  /**
   * The caller's claim of the work, run in the admitting statement; null when there is nothing to
   * claim.
   */
  readonly claim: Claim | null;
  readonly reserve: Omit<ReserveParameters, "priceId" | "rateId">;
  readonly provider: string;
  readonly providerModel: string;
  readonly prices: readonly ModelPrice[];
  readonly rate: ExchangeRate;
  readonly outputTokensMax: number;
  readonly messages: readonly CompletionMessage[];
  readonly signal: AbortSignal;
  /** Called once, right after the commit that admitted the call. */
  readonly onAdmitted: () => void;
  readonly onDelta: (text: string) => void;
  /** Called every 200 tokens or 500 ms with all text so far; must not throw. */
  readonly onProgress: (text: string) => void;
};

/** One attempt as it went: what was used, what it costs, how it ended. */
export type MeteredAttempt = {
  readonly end: CallEnd;
  readonly usage: TokenUsage;
  readonly source: "reported" | "estimated";
  readonly cost: UsageCost;
  readonly servedModel: string | null;
  readonly responseTimeMs: number;
  readonly firstTokenMs: number | null;
};

export type MeteredOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "lost_race" }
  | {
      readonly kind: "ended";
      readonly reservationId: string;
      readonly attempt: MeteredAttempt;
      readonly text: string;
      readonly finishReason: FinishReason | null;
      /** null: ended as meant; "aborted": we stopped it; else the provider's failure. */
      readonly failure: ProviderErrorKind | null;
    };

/**
 * The one metered door: every call that costs money goes through here, and nothing else may import
 * a provider.
 * 1. In one commit: the caller's claim, the reservation (guarded updates) and the record of the
 * attempt. 2. Streams with no transaction open, saving progress. 3. Prices the actual tokens at the
 * given prices and rate. It books nothing: the caller settles in its own transaction (`settle`),
 * whatever the outcome.
 * @returns `lost_race` when a guard failed (nothing was written: plan again), `taken` when the
 * claim was somebody else's.
 * @throws DomainError `provider_not_configured`; database errors of the reservation unchanged.
 * Never throws after it.
 */
export async function runMeteredCall(ctx: Ctx, call: MeteredCall): Promise<MeteredOutcome> {
  const provider = llmProviders(env().providers).get(call.provider);
  if (provider === undefined) {
    throw new DomainError("provider_not_configured", "no key for the provider", {
      provider: call.provider,
    });
  }
  const admitted = await admit(ctx, call);
  if (admitted.outcome !== "reserved") return { kind: admitted.outcome };
  call.onAdmitted();
  const seen = emptySeenStream(performance.now());
  // The mark goes to the database's socket before the request goes to the provider's, without
  // waiting for its answer: a crash in between leaves at worst a call marked dispatched that was
  // not, never the other way round.
  let saved: Promise<void> = markDispatched(ctx.db, admitted.providerCallId).catch(
    logLostProgress(ctx),
  );
  const failure = await consume({ call, provider, seen }, (text) => {
    call.onProgress(text);
    const progress = progressOf(admitted.providerCallId, seen, roughOutputTokens(seen));
    saved = saved.then(() => saveCallProgress(ctx.db, progress)).catch(logLostProgress(ctx));
  });
  await saved;
  return {
    kind: "ended",
    reservationId: admitted.reservationId,
    attempt: await measure({ call, seen, failure, providerCallId: admitted.providerCallId }),
    text: seen.text,
    finishReason: seen.finishReason,
    failure: failure?.kind ?? null,
  };
}

async function admit(ctx: Ctx, call: MeteredCall) {
  const price = present(
    priceForInput(call.prices, call.reserve.inputTokensEstimated),
    "a planned call is priced",
  );
  try {
    return await reserveCall(ctx.db, call.claim, {
      ...call.reserve,
      priceId: price.id,
      rateId: call.rate.id,
    });
  } catch (error) {
    if (databaseErrorCode(error) === LOST_RACE) return { outcome: "lost_race" } as const;
    throw error;
  }
}

type RunningCall = {
  readonly call: MeteredCall;
  readonly provider: LlmProvider;
  readonly seen: SeenStream;
};

/** Streams until the provider ends, fails or is aborted. @returns the failure, or null. */
async function consume(
  run: RunningCall,
  onProgress: (text: string) => void,
): Promise<ProviderError | null> {
  const { call, provider, seen } = run;
  const isProgressDue = makeProgressClock(seen.startedAtMs);
  try {
    const events = provider.stream({
      providerModel: call.providerModel,
      messages: call.messages,
      outputTokensMax: call.outputTokensMax,
      signal: call.signal,
    });
    for await (const event of events) {
      const nowMs = performance.now();
      noteEvent(seen, event, nowMs);
      if (event.type === "delta") call.onDelta(event.text);
      if (isProgressDue(roughOutputTokens(seen), nowMs)) onProgress(seen.text);
    }
    return seen.finishReason === null
      ? new ProviderError("failed", "the stream ended without a finish")
      : null;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    log().error({ provider: call.provider, err: error }, "provider adapter failed");
    return new ProviderError("failed", "the adapter failed");
  }
}

async function measure(input: {
  readonly call: MeteredCall;
  readonly seen: SeenStream;
  readonly failure: ProviderError | null;
  readonly providerCallId: string;
}): Promise<MeteredAttempt> {
  const { call, seen, failure, providerCallId } = input;
  const outputTokensSeen = (await countTokens(seen.text)) + (await countTokens(seen.reasoningText));
  const { usage, source } = usageOf({ call, seen, failure, outputTokensSeen });
  return {
    end: {
      ...progressOf(providerCallId, seen, outputTokensSeen),
      outcome:
        failure === null ? "complete" : failure.kind === "aborted" ? "interrupted" : failure.kind,
      isDispatched: true,
    },
    usage,
    source,
    cost: priceUsage(usage, call.prices, call.rate),
    servedModel: seen.servedModel,
    responseTimeMs: Math.round(performance.now() - seen.startedAtMs),
    firstTokenMs:
      seen.firstTokenAtMs === null ? null : Math.round(seen.firstTokenAtMs - seen.startedAtMs),
  };
}

/**
 * The provider's own word when the stream ended as meant; nothing for a request it refused with a
 * status; else an estimate from what was seen. A final-looking usage of a broken stream is a floor,
 * not the bill.
 */
function usageOf(input: {
  readonly call: MeteredCall;
  readonly seen: SeenStream;
  readonly failure: ProviderError | null;
  readonly outputTokensSeen: number;
}): { readonly usage: TokenUsage; readonly source: "reported" | "estimated" } {
  const { call, seen, failure, outputTokensSeen } = input;
  if (failure === null && seen.usage !== null) return { usage: seen.usage, source: "reported" };
  const wasRefused = failure !== null && failure.status !== null && failure.status >= 400;
  if (wasRefused && seen.firstTokenAtMs === null) return { usage: noTokens, source: "reported" };
  const usage = estimateUsage({
    inputTokensEstimated: call.reserve.inputTokensEstimated,
    outputTokensSeen,
    lastReported: seen.usage,
  });
  return { usage, source: "estimated" };
}

function progressOf(providerCallId: string, seen: SeenStream, outputTokensSeen: number) {
  return {
    providerCallId,
    outputTokensSeen,
    providerRequestId: seen.providerRequestId,
    isFirstByteSeen: seen.firstTokenAtMs !== null || seen.servedModel !== null,
  };
}

/** Lost progress only makes a later estimate coarser, so the stream goes on. */
function logLostProgress(ctx: Ctx): (error: unknown) => void {
  return (error) => {
    log().warn(
      { requestId: ctx.requestId, err: error },
      "progress of a provider call was not saved",
    );
  };
}
