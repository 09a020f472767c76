import { randomUUID } from "node:crypto";
import { estimateUsage } from "@/domain/ledger/estimate-usage.ts";
import { priceUsage, type ModelPrice } from "@/domain/pricing/price-usage.ts";
import { noTokens, totalTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";
import type { NewUsageLog } from "@/features/usage/append-usage.ts";
import type { Db } from "@/server/db/client.ts";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { readLostCalls, type LostCall } from "./store-lost.ts";
import { roughTokensOf } from "./watch-stream.ts";

export type { LostCall } from "./store-lost.ts";

/** Ends of attempts that providers do not bill. */
const unbilled: ReadonlySet<string | null> = new Set(["rejected", "throttled", "not_sent"]);

/** The attempts of reservations whose workers are gone, by reservation and in their order. */
export async function findLostCalls(
  db: Db,
  reservationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly LostCall[]>> {
  const calls = await readLostCalls(db, reservationIds);
  return new Map(
    reservationIds.map((id) => [id, calls.filter((call) => call.reservationId === id)]),
  );
}

/** Whose call it was and what is known of the work; the rest of its log comes from the call. */
export type LostWork = Pick<
  NewUsageLog,
  "orgId" | "userId" | "periodId" | "purpose" | "occurredAt" | "isFinalAttempt"
> &
  Partial<
    Pick<
      NewUsageLog,
      "conversationId" | "turnId" | "queryComplexity" | "complexityScore" | "queryCategory"
    >
  >;

/**
 * The log of a sent call that nobody finished: nothing for one the provider refused, else the
 * estimated input and what had been seen of the output, at the price and rate it was admitted with.
 * @param seen what was saved of its answer, and the cap it was sent with (Infinity: not known).
 */
export async function lostUsageLog(
  call: LostCall,
  work: LostWork,
  seen: { readonly text: string; readonly outputTokensMax: number },
): Promise<NewUsageLog> {
  const usage = await usageOf(call, seen);
  const rate = { id: call.rateId, rateMilliVnd: BigInt(call.rateMilliVnd) };
  const cost = priceUsage(usage, [priceOf(call)], rate);
  return {
    ...work,
    id: randomUUID(),
    kind: "usage",
    providerCallId: call.id,
    reservationId: call.reservationId,
    provider: call.provider,
    modelId: call.modelId,
    freshInputTokens: usage.freshInput,
    cachedInputTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: usage.output,
    reasoningTokens: 0,
    totalTokens: totalTokens(usage),
    costPicoUsd: cost.costPicoUsd,
    costMicroVnd: cost.costMicroVnd,
    // What another model would have cost is not worth a guess on top of an estimate.
    savedMicroVnd: 0n,
    priceId: cost.priceId,
    rateId: cost.rateId,
    source: unbilled.has(call.outcome) ? "reported" : "estimated",
    metadata: { outcome: call.outcome ?? "interrupted", isRecovered: true },
  };
}

/** How a lost call is closed in the books; a call that had ended keeps its own end. */
export function lostCallEnd(call: LostCall) {
  return {
    providerCallId: call.id,
    outputTokensSeen: call.outputTokensSeen,
    providerRequestId: call.providerRequestId,
    isFirstByteSeen: call.outputTokensSeen > 0,
    outcome: "interrupted",
    isDispatched: true,
  };
}

/** The text as it was saved, and of what was not text (shown reasoning) the progress's own count. */
async function usageOf(
  call: LostCall,
  { text, outputTokensMax }: { readonly text: string; readonly outputTokensMax: number },
): Promise<TokenUsage> {
  if (unbilled.has(call.outcome)) return noTokens;
  const beyondText = Math.max(0, call.outputTokensSeen - roughTokensOf(text.length));
  return estimateUsage({
    provider: call.provider,
    inputTokensEstimated: call.inputTokensEstimated,
    outputTokensSeen: (await countTokens(text)) + beyondText,
    outputTokensMax,
    lastReported: null,
  });
}

/**
 * The version that was captured at admission. Its threshold is set to 0: the tier was chosen then,
 * for the very input that is booked now. An estimate knows no cached tokens, so their prices play no
 * part.
 */
function priceOf(call: LostCall): ModelPrice {
  const freshInputPicoUsd = BigInt(call.freshInputPicoUsd);
  return {
    id: call.priceId,
    contextTokensMin: 0,
    freshInputPicoUsd,
    cachedInputPicoUsd: freshInputPicoUsd,
    cacheWrite5mPicoUsd: freshInputPicoUsd,
    cacheWrite1hPicoUsd: freshInputPicoUsd,
    outputPicoUsd: BigInt(call.outputPicoUsd),
  };
}
