import { creditMicroVnd } from "@/domain/ledger/failed-answer-credit.ts";
import { startOfDay } from "@/domain/time/vietnam-time.ts";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import type { Balance } from "@/features/ledger/get-balance.ts";
import { findLogsOfCalls } from "@/features/usage/find-logs-of-calls.ts";
import { readCredits } from "@/features/usage/read-credits.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import type { TurnBooking } from "./book-turn.ts";

/**
 * Calls that recovery booked by an estimate while this process still knew better: what they really
 * cost is booked as the difference to all that stands for them, a credit included, so that a whole
 * answer is paid and nothing is given back twice. A failed answer that was credited stays so.
 * @returns the balance after it, or null when nothing was booked.
 */
export async function correctEstimates(tx: TxCtx, booking: TurnBooking): Promise<Balance | null> {
  if (booking.isRecovery) return null;
  const callIds = booking.logs.map((log) => log.providerCallId ?? "");
  const found = await findLogsOfCalls(tx, callIds);
  let balance: Balance | null = null;
  for (const log of booking.logs) {
    const booked = found.find((row) => row.providerCallId === log.providerCallId);
    if (booked === undefined || booked.id === log.id) continue;
    const difference = log.costMicroVnd - booked.netMicroVnd;
    if (difference === 0n || (booking.isFailedAnswer && booked.isCredited)) continue;
    const corrected = await bookAdjustment(tx, {
      usageLogId: booked.id,
      costMicroVnd: difference,
      reason: "late_usage",
      metadata: { outputTokens: log.outputTokens, totalTokens: log.totalTokens },
    });
    balance = corrected ?? balance;
  }
  return balance;
}

/**
 * `product.md` 5: what a failed answer cost is given back, within the day's and the period's bounds.
 * @returns the balance after it, or null when nothing was credited.
 */
export async function creditFailure(
  tx: TxCtx,
  booking: TurnBooking,
  settled: Balance,
): Promise<Balance | null> {
  const costs = booking.logs.filter((log) => log.costMicroVnd > 0n);
  const [first] = costs;
  if (first === undefined) return null;
  const before = await readCredits(tx, {
    userId: first.userId,
    periodId: booking.period.id,
    dayStartsAt: startOfDay(first.occurredAt),
  });
  const amount = creditMicroVnd({
    costMicroVnd: costs.reduce((sum, log) => sum + log.costMicroVnd, 0n),
    limitMicroVnd: settled.limitMicroVnd,
    ...before,
  });
  let balance: Balance | null = null;
  for (const log of amount === 0n ? [] : costs) {
    const credited = await bookAdjustment(tx, {
      usageLogId: log.id,
      costMicroVnd: -log.costMicroVnd,
      reason: "failed_answer",
      metadata: {},
    });
    balance = credited ?? balance;
  }
  return balance;
}
