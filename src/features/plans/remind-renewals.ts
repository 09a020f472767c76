import { randomUUID } from "node:crypto";
import { customerNotice } from "@/features/alerts/render-customer-notice.ts";
import { postNotice } from "@/features/alerts/post-notice.ts";
import { lockPeriods } from "@/features/ledger/lock-periods.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { readClock } from "./store.ts";
import {
  findEndingChain,
  listEndingChains,
  lapseChain,
  type EndingChain,
} from "./store-renewals.ts";

/** Chains seen to in one run; the next run takes the rest. */
const CHAINS_MAX = 1_000;

const USER = "remind-renewals";

export type RemindedRenewals = { readonly reminded: number; readonly ended: number };

/**
 * What time does to subscriptions: three days before the end of what is paid for, its owners are
 * told once; after the end the chain is ended, and they are told that too. A cancelled one ends
 * without a word. Decided anew under the organisation's lock, so it may run twice, at once or late.
 * @throws AggregateError when some organisation failed; the others are done.
 */
export async function remindRenewals(db: Db): Promise<RemindedRenewals> {
  const done = { reminded: 0, ended: 0 };
  const failures: unknown[] = [];
  for (const { id, orgId } of await listEndingChains(db, CHAINS_MAX)) {
    try {
      const now = await readClock(db);
      const ctx = systemCtx({ db, now, orgId, userId: USER, requestId: randomUUID() });
      const did = await withTransaction(ctx, (tx) => see(tx, id));
      if (did !== null) done[did] += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} subscriptions were not seen to`);
  }
  return done;
}

async function see(tx: TxCtx, id: string): Promise<keyof RemindedRenewals | null> {
  await lockPeriods(tx);
  const chain = await findEndingChain(tx.db, id);
  if (chain === null) return null;
  if (chain.hasEnded) await lapseChain(tx.db, id);
  if (chain.isCancelled) return chain.hasEnded ? "ended" : null;
  await tell(tx, chain);
  return chain.hasEnded ? "ended" : "reminded";
}

async function tell(tx: TxCtx, chain: EndingChain): Promise<void> {
  const kind = chain.hasEnded ? "plan_ended" : "plan_expiring";
  const payload = customerNotice.parse({
    kind,
    orgId: tx.orgId,
    tier: chain.tier,
    paidUntil: chain.paidUntil.toISOString(),
  });
  await postNotice(tx.db, { kind, dedupeKey: chain.dedupeKey, payload });
}
