import type { DomainErrorCode } from "@/domain/errors.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import type { Balance } from "@/features/ledger/get-balance.ts";
import { settle, type SettleInput } from "@/features/ledger/settle.ts";
import { addToMonth } from "@/features/usage/add-to-month.ts";
import { appendUsage, type NewUsageLog } from "@/features/usage/append-usage.ts";
import { findLogsOfTurn } from "@/features/usage/find-logs-of-turn.ts";
import { crashPoint } from "@/server/crash-points.ts";
import type { Ctx } from "@/server/ctx.ts";
import { persist } from "@/server/db/retry-database.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { correctEstimates, creditFailure } from "./correct-turn.ts";
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
  /** Named by the receipt where nothing was sent. */
  readonly plannedModelId: string;
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
  const isLate = written.length < logs.length;
  const late = isLate ? await correctEstimates(tx, booking) : null;
  const credited = booking.isFailedAnswer ? await creditFailure(tx, booking, settled) : null;
  const rows = isLate || credited !== null ? await findLogsOfTurn(tx, ids.turnId) : logs;
  const receipt = receiptOf(booking, rows, credited ?? late ?? settled);
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

function receiptOf(
  booking: TurnBooking,
  rows: readonly BookedRow[],
  balance: Balance,
): ReceiptView {
  const last = booking.logs.at(-1);
  const credits = rows.filter((row) => row.reason === "failed_answer");
  return {
    usageLogIds: rows.map((row) => row.id),
    servedModelId: last?.modelId ?? booking.plannedModelId,
    tokens: {
      freshInput: last?.freshInputTokens ?? 0,
      cachedInput: last?.cachedInputTokens ?? 0,
      cacheWrite: (last?.cacheWrite5mTokens ?? 0) + (last?.cacheWrite1hTokens ?? 0),
      output: last?.outputTokens ?? 0,
      reasoning: last?.reasoningTokens ?? 0,
    },
    costMicroVnd: sumOf(rows.map((row) => row.costMicroVnd)).toString(),
    savedMicroVnd: sumOf(rows.map((row) => row.savedMicroVnd)).toString(),
    creditedMicroVnd: (-sumOf(credits.map((row) => row.costMicroVnd))).toString(),
    remainingMicroVnd: balance.remainingMicroVnd.toString(),
    source: booking.logs.some((log) => log.source === "estimated") ? "estimated" : "reported",
    state: booking.state,
  };
}

type BookedRow = Pick<NewUsageLog, "id" | "costMicroVnd" | "savedMicroVnd" | "reason">;

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
