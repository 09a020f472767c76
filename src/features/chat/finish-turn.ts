import { setTimeout as pause } from "node:timers/promises";
import { present } from "@/domain/assert.ts";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { isFailedAnswer } from "@/domain/ledger/failed-answer-credit.ts";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { totalTokens } from "@/domain/pricing/token-usage.ts";
import type { TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { MeteredAttempt } from "@/features/ledger/attempt-call.ts";
import type { MeteredOutcome } from "@/features/ledger/run-metered-call.ts";
import { pricesAt } from "@/features/models/hold-catalogue.ts";
import type { NewUsageLog } from "@/features/usage/append-usage.ts";
import { log } from "@/server/log.ts";
import { bookTurn, type TurnEnd, type TurnIds } from "./book-turn.ts";
import type { LoadedTurn } from "./load-turn.ts";

export type EndedCall = Extract<MeteredOutcome, { kind: "ended" }>;

export type FinishInput = {
  readonly loaded: LoadedTurn;
  readonly plan: TurnPlan;
  readonly ids: TurnIds;
  readonly call: EndedCall;
};

/**
 * Ends a turn that this process answered. Whatever the provider did, all that it cost is booked and
 * the hold is given back.
 * @returns the receipt; `failureCode` is set when the provider failed on its own (not when the
 * person stopped it).
 */
export async function finishTurn(input: FinishInput): Promise<TurnEnd> {
  const { loaded, plan, ids, call } = input;
  const last = call.attempts.at(-1);
  const failureCode = failureCodeOf(call.failure);
  const state =
    call.failure === null
      ? "complete"
      : call.text === "" && failureCode !== null
        ? "failed"
        : "interrupted";
  const end = await bookTurn(loaded.ctx, {
    ids,
    reservationId: call.reservationId,
    period: loaded.period,
    logs: call.attempts.map((attempt) => usageLogOf(input, attempt)),
    calls: last === undefined ? [] : [last.end],
    text: call.text,
    finishReason: last?.finishReason ?? null,
    state,
    failureCode,
    isFailedAnswer: isFailedAnswer({
      hasText: call.text !== "",
      failure: call.failure === "interrupted" ? "aborted" : call.failure,
      finishReason: last?.finishReason ?? null,
      isCapOfCaller: loaded.facts.callerOutputTokensMax !== null,
    }),
    plannedModelId: plan.modelId,
    isRecovery: false,
  });
  return present(end, "only recovery comes too late");
}

/** A reader waits so long for the books; they are finished whether somebody waits or not. */
const IN_SIGHT_MS = 8_000;

/**
 * `finishTurn`, however long the database is away; `onFinished` is called then.
 * @throws DomainError `database_unavailable` after 8 s, so that the reader hears of it.
 */
export async function finishInSight(input: FinishInput, onFinished: () => void): Promise<TurnEnd> {
  const finishing = finishTurn(input).finally(onFinished);
  const late = new AbortController();
  finishing
    .catch((error: unknown) => {
      const { ctx } = input.loaded;
      log().error({ requestId: ctx.requestId, turnId: input.ids.turnId, err: error }, "not booked");
    })
    .finally(() => late.abort());
  const outOfSight = pause(IN_SIGHT_MS, undefined, { signal: late.signal }).then(
    () => {
      throw new DomainError("database_unavailable", "the answer is not booked yet", {
        isAnswerUnbooked: true,
      });
    },
    () => finishing,
  );
  return Promise.race([finishing, outOfSight]);
}

/** By the outcome of the last attempt; null for an answer, and for one the reader stopped. */
function failureCodeOf(failure: string | null): DomainErrorCode | null {
  if (failure === null || failure === "interrupted") return null;
  return failure === "timeout" ? "provider_timeout" : "provider_failed";
}

/**
 * Savings compare the same tokens on the model the person would have had without the engine; they
 * may be negative. Attempts that answered nothing save nothing.
 */
function savedMicroVnd({ loaded, plan }: FinishInput, attempt: MeteredAttempt): bigint {
  const rate = loaded.facts.rate;
  const prices = pricesAt(loaded.catalogue, plan.referenceModelId, loaded.ctx.now);
  if (rate === null || prices.length === 0) return 0n;
  return priceUsage(attempt.usage, prices, rate).costMicroVnd - attempt.cost.costMicroVnd;
}

function usageLogOf(input: FinishInput, attempt: MeteredAttempt): NewUsageLog {
  const { loaded, ids, call } = input;
  const { complexity } = loaded.facts;
  const isFinalAttempt = attempt === call.attempts.at(-1);
  return {
    id: crypto.randomUUID(),
    kind: "usage",
    providerCallId: attempt.end.providerCallId,
    reservationId: call.reservationId,
    orgId: loaded.ctx.orgId,
    userId: loaded.ctx.userId,
    periodId: loaded.period.id,
    conversationId: ids.conversationId,
    turnId: ids.turnId,
    purpose: "chat",
    isFinalAttempt,
    provider: attempt.target.provider,
    modelId: attempt.billedModelId,
    servedModel: attempt.servedModel,
    freshInputTokens: attempt.usage.freshInput,
    cachedInputTokens: attempt.usage.cachedInput,
    cacheWrite5mTokens: attempt.usage.cacheWrite5m,
    cacheWrite1hTokens: attempt.usage.cacheWrite1h,
    outputTokens: attempt.usage.output,
    reasoningTokens: attempt.usage.reasoning,
    totalTokens: totalTokens(attempt.usage),
    costPicoUsd: attempt.cost.costPicoUsd,
    costMicroVnd: attempt.cost.costMicroVnd,
    savedMicroVnd: isFinalAttempt && call.text !== "" ? savedMicroVnd(input, attempt) : 0n,
    priceId: attempt.cost.priceId,
    rateId: attempt.cost.rateId,
    queryComplexity: complexity.label,
    complexityScore: complexity.score.toFixed(4),
    queryCategory: complexity.category,
    responseTimeMs: attempt.responseTimeMs,
    firstTokenMs: attempt.firstTokenMs,
    source: attempt.source,
    metadata: {
      outcome: attempt.end.outcome,
      finishReason: attempt.finishReason ?? "none",
      ...(attempt.isUsageAbsurd ? { isUsageAbsurd: true } : {}),
    },
    occurredAt: loaded.ctx.now,
  };
}
