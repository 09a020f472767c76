import { randomUUID } from "node:crypto";
import { recordChange } from "@/features/audit/record-change.ts";
import { changePeriodLimit } from "@/features/ledger/change-period-limit.ts";
import { closeEndedPeriods } from "@/features/ledger/close-ended-periods.ts";
import { findCurrentPeriod } from "@/features/ledger/get-balance.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { carryRemainders } from "./carry-remainder.ts";
import { openCurrentPeriod } from "./open-current-period.ts";
import { limitOfPeriod } from "./period-limit.ts";
import { listOrgsWithEndedOverride, listOrgsWithoutCycle, readClock } from "./store.ts";
import { listOrgsWithRest } from "./store-grants.ts";

const ACTOR = "roll-periods";
const REASON = "an override ended";

/** Organisations seen to in one run; the next run takes the rest, and first use does not wait. */
const ORGS_MAX = 2_000;

export type RolledPeriods = {
  readonly closed: number;
  readonly opened: number;
  readonly overridesEnded: number;
  /** Organisations in which something left by late holds moved on. */
  readonly carried: number;
};

/**
 * What time does to periods, by the database's clock: closes those that ended and hold nothing,
 * opens the present cycle of running paid subscriptions, gives the plan's limit back where an
 * override ended, and carries on what holds left that were closed after their period. Everything is
 * decided anew under the organisation's lock, so it may run twice, at once, late or not at all: the
 * next run catches up.
 * @returns what this run changed. @throws AggregateError when some organisation failed; the others
 * are done.
 */
export async function rollPeriods(db: Db): Promise<RolledPeriods> {
  const overrides = await forEachOrg(db, await listOrgsWithEndedOverride(db), endOverride);
  const cycles = await forEachOrg(db, await listOrgsWithoutCycle(db, ORGS_MAX), openCycle);
  const rests = await forEachOrg(db, await listOrgsWithRest(db, ORGS_MAX), carryRest);
  const closed = await closeEndedPeriods(db);
  const failures = [...overrides.failures, ...cycles.failures, ...rests.failures];
  if (failures.length > 0) {
    throw new AggregateError(failures, `periods of ${failures.length} organisations did not roll`);
  }
  return {
    closed,
    opened: cycles.changed,
    overridesEnded: overrides.changed,
    carried: rests.changed,
  };
}

/** One transaction per organisation, so that a broken one holds nobody back. */
async function forEachOrg(
  db: Db,
  orgIds: readonly string[],
  work: (tx: TxCtx) => Promise<boolean>,
): Promise<{ readonly changed: number; readonly failures: readonly unknown[] }> {
  let changed = 0;
  const failures: unknown[] = [];
  for (const orgId of orgIds) {
    try {
      const now = await readClock(db);
      const ctx = systemCtx({ db, now, orgId, userId: ACTOR, requestId: randomUUID() });
      if (await withTransaction(ctx, work)) changed += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  return { changed, failures };
}

async function openCycle(tx: TxCtx): Promise<boolean> {
  await lockPeriods(tx);
  if ((await findCurrentPeriod(tx)) !== null) return false;
  await openCurrentPeriod(tx);
  return true;
}

async function carryRest(tx: TxCtx): Promise<boolean> {
  await lockPeriods(tx);
  const period = await findCurrentPeriod(tx);
  if (period === null) return false;
  return (await carryRemainders(tx, period)).limitMicroVnd !== period.limitMicroVnd;
}

async function endOverride(tx: TxCtx): Promise<boolean> {
  await lockPeriods(tx);
  const period = await findCurrentPeriod(tx);
  if (period === null) return false;
  const limitMicroVnd = await limitOfPeriod(tx, period);
  if (limitMicroVnd === period.limitMicroVnd) return false;
  const change = { periodId: period.id, limitMicroVnd, reason: REASON, actor: ACTOR };
  const { oldLimitMicroVnd } = await changePeriodLimit(tx, change);
  await recordChange(tx.db, {
    actor: ACTOR,
    action: "budget.override_end",
    subject: `org:${tx.orgId}`,
    before: { limitMicroVnd: oldLimitMicroVnd.toString() },
    after: { limitMicroVnd: limitMicroVnd.toString() },
    reason: REASON,
    requestId: tx.requestId,
  });
  return true;
}
