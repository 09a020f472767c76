import { closingState } from "@/domain/ledger/reservation-states.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { balanceOf, type Balance } from "./get-balance.ts";
import { closeReservation, endCall, type CallEnd } from "./store.ts";

export type SettleInput = {
  readonly reservationId: string;
  /** The cost of the usage logs newly written in this transaction, micro-VND, >= 0. */
  readonly costMicroVnd: bigint;
  readonly calls: readonly CallEnd[];
  readonly isRecovery: boolean;
};

/**
 * Closes a reservation and books what its provider calls cost to its period, member and daily
 * counters, in the caller's transaction. Money spent is always booked in full, whatever became of
 * the hold; a repeat finds the hold closed and books only what was newly logged (nothing, for the
 * same calls).
 * @returns the period's balance after it. The usage logs are written by `usage/append-usage` in the
 * same transaction.
 */
export async function settle(ctx: TxCtx, input: SettleInput): Promise<Balance> {
  for (const call of input.calls) await endCall(ctx.db, call);
  const isDispatched = input.calls.some((call) => call.isDispatched);
  const closed = await closeReservation(ctx.db, {
    reservationId: input.reservationId,
    state: closingState({ isDispatched, isRecovery: input.isRecovery }),
    costMicroVnd: input.costMicroVnd,
  });
  return balanceOf({
    limitMicroVnd: BigInt(closed.limitMicroVnd),
    usedMicroVnd: BigInt(closed.usedMicroVnd),
    reservedMicroVnd: BigInt(closed.reservedMicroVnd),
  });
}
