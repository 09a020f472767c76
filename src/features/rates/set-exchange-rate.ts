import { DomainError } from "@/domain/errors.ts";
import { isPlausibleRate } from "@/domain/pricing/exchange-rate.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Db } from "@/server/db/client.ts";
import {
  assertStillAhead,
  chooseStart,
  writeAhead,
  type VersionStart,
} from "@/server/db/version-start.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import {
  endRateAt,
  findRateAt,
  hasRateFrom,
  insertRate,
  lockRates,
  nextPlannedAt,
  readNow,
} from "./store.ts";

export type RateChange = {
  /** milli-VND per USD. */
  readonly rateMilliVnd: bigint;
  /** The first instant it holds; null = now. */
  readonly from: Date | null;
  readonly source: string;
  /** Who allowed it; null = nobody had to. */
  readonly approvedBy: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

export type RateOutcome = { readonly start: VersionStart; readonly isChanged: boolean };

/**
 * Gives the dollar a new price from an instant on: the rate that holds there ends, nothing else of
 * it changes, and no other row; one planned for later still begins then. The same rate again
 * changes nothing. Comes back when it holds.
 * @throws DomainError `invalid_input` for a rate outside 20,000–40,000 ₫ or a start in the past;
 * `overloaded` when writing took too long.
 */
export async function setExchangeRate(db: Db, change: RateChange): Promise<RateOutcome> {
  return writeAhead(db, (headStartMs) =>
    db.transaction((tx) => changeRate(db, tx, { ...change, headStartMs })),
  );
}

/** The same in the caller's transaction, which runs inside `writeAhead`. */
export async function changeRate(
  db: Db,
  tx: Queryable,
  change: RateChange & { readonly headStartMs: number },
): Promise<RateOutcome> {
  if (!isPlausibleRate(change.rateMilliVnd)) {
    throw new DomainError("invalid_input", "a dollar costs between 20,000 and 40,000 ₫");
  }
  await lockRates(tx);
  const isReplacing = await hasRateFrom(tx, await readNow(db));
  const start = await chooseStart(db, {
    from: change.from,
    isReplacing,
    headStartMs: change.headStartMs,
  });
  const before = await findRateAt(tx, start.at);
  if (before?.rateMilliVnd === change.rateMilliVnd) {
    return { start: { at: before.validFrom, headStartMs: 0 }, isChanged: false };
  }
  await endRateAt(tx, start.at);
  const after = await insertRate(tx, {
    rateMilliVnd: change.rateMilliVnd,
    validFrom: start.at,
    validTo: await nextPlannedAt(tx, start.at),
    source: change.source,
    approvedBy: change.approvedBy,
  });
  await recordChange(tx, {
    actor: change.actor,
    action: "rate.set",
    subject: `exchange_rate:${after.id}`,
    before:
      before === null ? null : { id: before.id, rateMilliVnd: before.rateMilliVnd.toString() },
    after: {
      rateMilliVnd: change.rateMilliVnd.toString(),
      validFrom: start.at.toISOString(),
      source: change.source,
    },
    reason: change.reason,
    requestId: change.requestId,
  });
  await assertStillAhead(db, start);
  return { start, isChanged: true };
}
