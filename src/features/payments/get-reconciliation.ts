import { z } from "zod";
import { nextMidnight } from "@/domain/time/vietnam-time.ts";
import { env } from "@/server/env.ts";
import type { StaffCtx } from "@/server/staff.ts";
import type { ReconciliationView } from "./schema.ts";
import { findListRead, type ListRead } from "./store-lines.ts";
import { listDifferences, readDayTotals } from "./store-reconciliation.ts";

export const reconciliationInput = z.strictObject({
  /** A Vietnamese day. */
  day: z.iso.date().refine((day) => day.startsWith("20"), "is not of this century"),
});

/**
 * One Vietnamese day as the bank's list, our payments and the orders have it, read at one instant,
 * and every item on which they disagree. Money that came in only; transfers count on the day the
 * bank booked them, orders on the day they were paid in full, so the three sums may differ around
 * midnight without a difference in the list.
 */
export async function getReconciliation(
  ctx: StaffCtx,
  input: z.output<typeof reconciliationInput>,
): Promise<ReconciliationView> {
  const startsAt = new Date(`${input.day}T00:00:00+07:00`);
  const day = { startsAt, endsAt: nextMidnight(startsAt) };
  return ctx.db.transaction(
    async (tx) => {
      const listRead = await findListRead(tx);
      const totals = await readDayTotals(tx, day);
      const readAt = readSince(listRead, input.day);
      const differences = await listDifferences(tx, day, readAt);
      const isAsked = readAt !== null && readAt >= startsAt;
      return {
        day: input.day,
        isConfigured: env().SEPAY_API_TOKEN !== undefined,
        lastReadAt: listRead?.at.toISOString() ?? null,
        bankLines:
          isAsked || totals.lineCount > 0
            ? { count: totals.lineCount, amountMicroVnd: totals.lineMicroVnd }
            : null,
        payments: {
          count: totals.paymentCount,
          amountMicroVnd: totals.paymentMicroVnd,
          appliedMicroVnd: totals.appliedMicroVnd,
        },
        orders: { count: totals.orderCount, amountMicroVnd: totals.orderMicroVnd },
        differences,
      };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

/** Days before the first one ever read are not judged: nobody asked the bank about them. */
function readSince(listRead: ListRead | null, day: string): Date | null {
  return listRead === null || day < listRead.fromDay ? null : listRead.at;
}
