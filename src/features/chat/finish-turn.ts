import type { DomainErrorCode } from "@/domain/errors.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { totalTokens } from "@/domain/pricing/token-usage.ts";
import { settle } from "@/features/ledger/settle.ts";
import type { MeteredOutcome } from "@/features/ledger/run-metered-call.ts";
import { pricesAt } from "@/features/models/hold-catalogue.ts";
import { addToMonth } from "@/features/usage/add-to-month.ts";
import { appendUsage, type NewUsageLog } from "@/features/usage/append-usage.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import type { TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { LoadedTurn } from "./load-turn.ts";
import { refusalOf } from "./describe-refusal.ts";
import type { ReceiptView } from "./schema.ts";
import { endTurn, saveAnswer } from "./store/turns.ts";

export type EndedCall = Extract<MeteredOutcome, { kind: "ended" }>;

/** The ids a running turn writes under, made when it was claimed. */
export type TurnIds = {
  readonly turnId: string;
  readonly conversationId: string;
  readonly questionMessageId: string;
  readonly answerMessageId: string;
};

export type FinishInput = {
  readonly loaded: LoadedTurn;
  readonly plan: TurnPlan;
  readonly ids: TurnIds;
  readonly call: EndedCall;
};

/**
 * How a turn ended for its person: an answer (whole or partial), or a failure before the first
 * word.
 */
export type TurnEnd = {
  readonly receipt: ReceiptView;
  readonly failureCode: DomainErrorCode | null;
};

/**
 * Ends a turn in one transaction: usage log, reservation and period, monthly summary, answer, turn.
 * Whatever the provider did, all that it cost is booked and the hold is given back.
 * @returns the receipt; `failureCode` is set when the provider failed on its own (not when the
 * person stopped it).
 */
export async function finishTurn(input: FinishInput): Promise<TurnEnd> {
  const { loaded, plan, ids, call } = input;
  const log = usageLogOf(input);
  const failureCode = failureCodeOf(call);
  const state =
    call.failure === null
      ? "complete"
      : call.text === "" && failureCode !== null
        ? "failed"
        : "interrupted";
  return withTransaction(loaded.ctx, async (tx) => {
    const written = await appendUsage(tx, [log]);
    await saveAnswer(tx.db, {
      messageId: ids.answerMessageId,
      conversationId: ids.conversationId,
      orgId: tx.orgId,
      turnId: ids.turnId,
      replyTo: ids.questionMessageId,
      role: state === "failed" ? "notice" : "assistant",
      text: cleanText(call.text),
      state,
      finishReason: call.finishReason,
    });
    const costMicroVnd = written.reduce((sum, row) => sum + row.costMicroVnd, 0n);
    const balance = await settle(tx, {
      reservationId: call.reservationId,
      costMicroVnd,
      calls: [call.attempt.end],
      isRecovery: false,
    });
    await addToMonth(tx, written, { planId: loaded.plan.tier, ...balance });
    const receipt: ReceiptView = {
      usageLogIds: [log.id],
      servedModelId: plan.modelId,
      tokens: tokensView(call),
      costMicroVnd: log.costMicroVnd.toString(),
      savedMicroVnd: log.savedMicroVnd.toString(),
      remainingMicroVnd: balance.remainingMicroVnd.toString(),
      source: call.attempt.source,
      state,
    };
    await endTurn(
      tx.db,
      { orgId: tx.orgId, turnId: ids.turnId },
      {
        state: state === "failed" ? "failed" : "finished",
        receipt,
        refusal: failureCode === null ? null : refusalOf(failureCode, {}),
      },
    );
    return { receipt, failureCode };
  });
}

function failureCodeOf(call: EndedCall): DomainErrorCode | null {
  if (call.failure === null || call.failure === "aborted") return null;
  return call.failure === "timeout" ? "provider_timeout" : "provider_failed";
}

function tokensView(call: EndedCall): ReceiptView["tokens"] {
  const { usage } = call.attempt;
  return {
    freshInput: usage.freshInput,
    cachedInput: usage.cachedInput,
    cacheWrite: usage.cacheWrite5m + usage.cacheWrite1h,
    output: usage.output,
    reasoning: usage.reasoning,
  };
}

/**
 * Savings compare the same tokens on the model the person would have had without the engine; they
 * may be negative.
 */
function savedMicroVnd({ loaded, plan, call }: FinishInput): bigint {
  const { attempt } = call;
  const rate = loaded.facts.rate;
  const prices = pricesAt(loaded.catalogue, plan.referenceModelId, loaded.ctx.now);
  if (rate === null || prices.length === 0) return 0n;
  return priceUsage(attempt.usage, prices, rate).costMicroVnd - attempt.cost.costMicroVnd;
}

function usageLogOf(input: FinishInput): NewUsageLog {
  const { loaded, plan, ids, call } = input;
  const { attempt } = call;
  const { complexity } = loaded.facts;
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
    isFinalAttempt: true,
    provider: plan.provider,
    modelId: plan.modelId,
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
    savedMicroVnd: savedMicroVnd(input),
    priceId: attempt.cost.priceId,
    rateId: attempt.cost.rateId,
    queryComplexity: complexity.label,
    complexityScore: complexity.score.toFixed(4),
    queryCategory: complexity.category,
    responseTimeMs: attempt.responseTimeMs,
    firstTokenMs: attempt.firstTokenMs,
    source: attempt.source,
    metadata: { outcome: attempt.end.outcome, finishReason: call.finishReason ?? "none" },
    occurredAt: loaded.ctx.now,
  };
}
