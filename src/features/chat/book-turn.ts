import type { DomainErrorCode } from "@/domain/errors.ts";
import { creditMicroVnd } from "@/domain/ledger/failed-answer-credit.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { startOfDay } from "@/domain/time/vietnam-time.ts";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import type { Balance } from "@/features/ledger/get-balance.ts";
import { settle, type SettleInput } from "@/features/ledger/settle.ts";
import { addToMonth } from "@/features/usage/add-to-month.ts";
import { appendUsage, type NewUsageLog } from "@/features/usage/append-usage.ts";
import { findLogsOfCalls } from "@/features/usage/find-logs-of-calls.ts";
import { readCredits } from "@/features/usage/read-credits.ts";
import { crashPoint } from "@/server/crash-points.ts";
import type { Ctx } from "@/server/ctx.ts";
import { persist } from "@/server/db/retry-database.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { refusalOf } from "./describe-refusal.ts";
import type { ReceiptView } from "./schema.ts";
import { endTurn, saveAnswer } from "./store/turns.ts";

/** The ids a running turn writes under, made when it was claimed. */
export type TurnIds = {
  readonly turnId: string;
  readonly conversationId: string;
  readonly questionMessageId: string;
  readonly answerMessageId: string;
};

/** A turn's end, by whoever saw it or found it: what was used, and what there is of an answer. */
export type TurnBooking = {
  readonly ids: TurnIds;
  readonly reservationId: string;
  readonly period: { readonly id: string; readonly planId: string };
  /** One per provider call that was sent, in their order; their ids are made once, before any try. */
  readonly logs: readonly NewUsageLog[];
  readonly calls: SettleInput["calls"];
  readonly text: string;
  readonly finishReason: string | null;
  readonly state: "complete" | "interrupted" | "failed";
  readonly failureCode: DomainErrorCode | null;
  /** The answer failed by the provider's or our fault: what it cost is credited, by the rule. */
  readonly isFailedAnswer: boolean;
  /** Of the last attempt; null when nothing was sent. */
  readonly servedModelId: string;
  readonly isRecovery: boolean;
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
 * Ends a turn in one transaction: usage logs, reservation and period, monthly summary, credit, turn,
 * answer. Repeated until the database answers, and safe to repeat: what was booked is found and not
 * booked again. Where recovery was faster, only the difference to its estimate is booked.
 * @returns null when recovery finds that the turn has ended meanwhile.
 */
export async function bookTurn(ctx: Ctx, booking: TurnBooking): Promise<TurnEnd | null> {
  const end = await persist(() => withTransaction(ctx, (tx) => book(tx, booking)));
  crashPoint("after_settle");
  return end;
}

async function book(tx: TxCtx, booking: TurnBooking): Promise<TurnEnd | null> {
  const { ids, logs, isRecovery, failureCode, state } = booking;
  const written = await appendUsage(tx, logs);
  const settled = await settle(tx, {
    reservationId: booking.reservationId,
    costMicroVnd: sumOf(written.map((log) => log.costMicroVnd)),
    calls: booking.calls,
    isRecovery,
  });
  await addToMonth(tx, written, { planId: booking.period.planId, ...settled });
  const late = written.length < logs.length ? await correctEstimates(tx, booking) : [];
  const credits = booking.isFailedAnswer ? await credit(tx, booking, settled) : [];
  const corrections = [...late, ...credits];
  const receipt = receiptOf(booking, corrections, corrections.at(-1)?.balance ?? settled);
  const isEnded = await endTurn(
    tx.db,
    { orgId: tx.orgId, turnId: ids.turnId },
    {
      state: state === "failed" ? "failed" : "finished",
      receipt,
      refusal: failureCode === null ? null : refusalOf(failureCode, {}),
      isRecovery,
    },
  );
  if (!isEnded && isRecovery) return null;
  await saveAnswer(tx.db, {
    messageId: ids.answerMessageId,
    conversationId: ids.conversationId,
    orgId: tx.orgId,
    turnId: ids.turnId,
    replyTo: ids.questionMessageId,
    role: state === "failed" ? "notice" : "assistant",
    text: cleanText(booking.text),
    state,
    finishReason: booking.finishReason,
  });
  crashPoint("before_settle_commit");
  return { receipt, failureCode };
}

type Correction = {
  readonly usageLogId: string;
  readonly costMicroVnd: bigint;
  readonly balance: Balance;
};

/** Calls that recovery booked by an estimate while this process still knew better. */
async function correctEstimates(tx: TxCtx, booking: TurnBooking): Promise<Correction[]> {
  const found = await findLogsOfCalls(
    tx,
    booking.logs.map((log) => log.providerCallId ?? ""),
  );
  const corrections: Correction[] = [];
  for (const log of booking.isRecovery ? [] : booking.logs) {
    const booked = found.find((row) => row.providerCallId === log.providerCallId);
    if (booked === undefined || booked.id === log.id) continue;
    const difference = log.costMicroVnd - booked.costMicroVnd;
    if (difference === 0n) continue;
    const correction = await adjust(tx, {
      usageLogId: booked.id,
      costMicroVnd: difference,
      reason: "late_usage",
      metadata: { outputTokens: log.outputTokens, totalTokens: log.totalTokens },
    });
    if (correction !== null) corrections.push(correction);
  }
  return corrections;
}

/** `product.md` 5: what a failed answer cost is given back, within the day's and the period's bounds. */
async function credit(tx: TxCtx, booking: TurnBooking, balance: Balance): Promise<Correction[]> {
  const costs = booking.logs.filter((log) => log.costMicroVnd > 0n);
  if (costs.length === 0) return [];
  const [first] = costs;
  if (first === undefined) return [];
  const before = await readCredits(tx, {
    userId: first.userId,
    periodId: booking.period.id,
    dayStartsAt: startOfDay(first.occurredAt),
  });
  const amount = creditMicroVnd({
    costMicroVnd: sumOf(costs.map((log) => log.costMicroVnd)),
    limitMicroVnd: balance.limitMicroVnd,
    ...before,
  });
  const credits: Correction[] = [];
  for (const log of amount === 0n ? [] : costs) {
    const correction = await adjust(tx, {
      usageLogId: log.id,
      costMicroVnd: -log.costMicroVnd,
      reason: "failed_answer",
      metadata: {},
    });
    if (correction !== null) credits.push(correction);
  }
  return credits;
}

async function adjust(
  tx: TxCtx,
  adjustment: Parameters<typeof bookAdjustment>[1],
): Promise<Correction | null> {
  const balance = await bookAdjustment(tx, adjustment);
  if (balance === null) return null;
  return { usageLogId: balance.adjustmentId, costMicroVnd: adjustment.costMicroVnd, balance };
}

function receiptOf(
  booking: TurnBooking,
  corrections: readonly Correction[],
  balance: Balance,
): ReceiptView {
  const { logs } = booking;
  const last = logs.at(-1);
  const costMicroVnd = sumOf([...logs, ...corrections].map((row) => row.costMicroVnd));
  return {
    usageLogIds: [...logs.map((log) => log.id), ...corrections.map((row) => row.usageLogId)],
    servedModelId: booking.servedModelId,
    tokens: {
      freshInput: last?.freshInputTokens ?? 0,
      cachedInput: last?.cachedInputTokens ?? 0,
      cacheWrite: (last?.cacheWrite5mTokens ?? 0) + (last?.cacheWrite1hTokens ?? 0),
      output: last?.outputTokens ?? 0,
      reasoning: last?.reasoningTokens ?? 0,
    },
    costMicroVnd: costMicroVnd.toString(),
    savedMicroVnd: sumOf(logs.map((log) => log.savedMicroVnd)).toString(),
    creditedMicroVnd: sumOf(
      booking.isFailedAnswer ? corrections.map((row) => -row.costMicroVnd) : [],
    ).toString(),
    remainingMicroVnd: balance.remainingMicroVnd.toString(),
    source: logs.some((log) => log.source === "estimated") ? "estimated" : "reported",
    state: booking.state,
  };
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
