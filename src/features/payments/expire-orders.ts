import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { retryConflicts } from "@/server/db/retry-database.ts";
import { WAITING_ALERT } from "./apply-payment.ts";
import { endOverdueOrders } from "./store-orders.ts";

/** In one run; the next one takes the rest. */
const EXPIRED_MAX = 1_000;

/**
 * The job `expire-orders`: ends the orders whose time is over. Parts that were paid on one wait for
 * finance from now on. A transfer dated before the end still pays the order, whenever we hear of
 * it. @returns how many ended now.
 */
export async function expireOrders(db: Db): Promise<{ readonly expired: number }> {
  return retryConflicts(() =>
    db.transaction(async (tx) => {
      const ended = await endOverdueOrders(tx, { orgId: null, limit: EXPIRED_MAX });
      for (const { code } of ended.filter(({ isPartlyPaid }) => isPartlyPaid)) {
        await raiseOpsAlert(tx, {
          kind: "webhook_unmatched",
          dedupeKey: WAITING_ALERT,
          payload: { code, reason: "short" },
        });
      }
      return { expired: ended.length };
    }),
  );
}
