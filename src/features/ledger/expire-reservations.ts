import { addToMonth } from "@/features/usage/add-to-month.ts";
import { appendUsage, type NewUsageLog } from "@/features/usage/append-usage.ts";
import { crashPoint } from "@/server/crash-points.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { persist } from "@/server/db/retry-database.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { log } from "@/server/log.ts";
import { findLostCalls, lostCallEnd, lostUsageLog, type LostCall } from "./lost-calls.ts";
import { settle } from "./settle.ts";
import { listExpiredHolds, type ExpiredHold } from "./store-lost.ts";

const PAGE_HOLDS = 50;

const nothingSeen = { text: "", outputTokensMax: Infinity };

/**
 * Closes expired holds that belong to no turn (a turn's hold is closed with its turn, by
 * `chat/recover-turns`), by the same rule: nothing sent → given back, something sent → booked from
 * what is known. Safe to repeat and beside itself.
 * @returns how many were closed now. One that cannot be closed is logged and stops no other.
 */
export async function expireReservations(db: Db): Promise<{ readonly expired: number }> {
  let expired = 0;
  const failed = new Set<string>();
  for (;;) {
    const page = await listExpiredHolds(db, PAGE_HOLDS + failed.size);
    const left = page.filter((hold) => !failed.has(hold.id));
    if (left.length === 0) return { expired };
    const calls = await findLostCalls(
      db,
      left.map((hold) => hold.id),
    );
    for (const hold of left) {
      crashPoint("in_sweep");
      try {
        await expire(db, hold, calls.get(hold.id) ?? []);
        expired += 1;
      } catch (error) {
        failed.add(hold.id);
        log().error({ reservationId: hold.id, err: error }, "a hold could not be closed");
      }
    }
  }
}

async function expire(db: Db, hold: ExpiredHold, calls: readonly LostCall[]): Promise<void> {
  const { orgId, userId, periodId, purpose, planId } = hold;
  const occurredAt = new Date(hold.createdAt);
  const ctx = systemCtx({ db, now: occurredAt, orgId, userId, requestId: `expiry-${hold.id}` });
  const sent = calls.filter((call) => call.isDispatched);
  const logs: NewUsageLog[] = [];
  for (const call of sent) {
    const isFinalAttempt = call === sent.at(-1);
    const work = { orgId, userId, periodId, purpose, occurredAt, isFinalAttempt };
    logs.push(await lostUsageLog(call, work, nothingSeen));
  }
  await persist(() =>
    withTransaction(ctx, async (tx) => {
      const written = await appendUsage(tx, logs);
      const balance = await settle(tx, {
        reservationId: hold.id,
        costMicroVnd: written.reduce((sum, row) => sum + row.costMicroVnd, 0n),
        calls: sent.map(lostCallEnd),
        isRecovery: true,
      });
      await addToMonth(tx, written, { planId, ...balance });
    }),
  );
}
