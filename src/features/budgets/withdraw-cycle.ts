import { maxBigint, minBigint } from "@/domain/money/division.ts";
import { unspentMicroVnd } from "@/domain/entitlement/carry.ts";
import { lockBookings } from "@/features/ledger/lock-periods.ts";
import type { TxCtx } from "@/server/db/with-transaction.ts";
import { presentPeriod } from "./add-grant.ts";
import { bookGrant } from "./book-grant.ts";
import { findCarriedOfCycle, findRemainder } from "./store-grants.ts";

type Withdrawal = {
  readonly cycleId: string;
  readonly limitMicroVnd: bigint;
  readonly reason: string;
  readonly actor: string;
};

/**
 * Takes back what is unspent of a refunded cycle's own budget in the period that was cut for it: its
 * limit falls to what is used and held, and to the grants, which were not refunded. Under the
 * organisation's lock.
 */
export async function withdrawCycle(
  tx: TxCtx,
  input: Withdrawal & { readonly periodId: string },
): Promise<void> {
  const { periodId, cycleId, limitMicroVnd, reason, actor } = input;
  await lockBookings(tx, periodId);
  const period = await findRemainder(tx.db, periodId);
  if (period === null) return;
  const spent = period.usedMicroVnd + period.reservedMicroVnd;
  const ownLeft = maxBigint(0n, limitMicroVnd - spent);
  const amountMicroVnd = -minBigint(ownLeft, unspentMicroVnd(period));
  if (amountMicroVnd === 0n) return;
  const row = { id: periodId, limitMicroVnd: period.limitMicroVnd };
  const entry = { cause: "reversal", causeId: `cycle:${cycleId}` } as const;
  await bookGrant(tx, row, { ...entry, amountMicroVnd, reason, actor });
}

/**
 * Takes back what was carried on of a refunded cycle that a newer chain had cut, as far as it is
 * unspent in the present period. Under the organisation's lock.
 * @param input.startsAt, input.endsAt the cycle's time.
 */
export async function withdrawCarried(
  tx: TxCtx,
  input: Omit<Withdrawal, "limitMicroVnd"> & { readonly startsAt: Date; readonly endsAt: Date },
): Promise<void> {
  const { cycleId, startsAt, endsAt, reason, actor } = input;
  const carried = await findCarriedOfCycle(tx.db, { orgId: tx.orgId, startsAt, endsAt });
  if (carried <= 0n) return;
  const { id } = await presentPeriod(tx);
  await lockBookings(tx, id);
  const present = await findRemainder(tx.db, id);
  if (present === null) return;
  const amountMicroVnd = -minBigint(carried, unspentMicroVnd(present), present.grantedMicroVnd);
  if (amountMicroVnd >= 0n) return;
  const row = { id, limitMicroVnd: present.limitMicroVnd };
  const entry = { cause: "reversal", causeId: `carried:${cycleId}` } as const;
  await bookGrant(tx, row, { ...entry, amountMicroVnd, reason, actor });
}
