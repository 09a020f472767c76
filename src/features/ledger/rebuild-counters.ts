import { recordChange } from "@/features/audit/record-change.ts";
import type { Db } from "@/server/db/client.ts";
import { EVER } from "./invariants.ts";
import { sumInvariants } from "./invariants-of-sums.ts";
import { listSuspects, setToSums, type CounterKey, type RebuiltCounter } from "./store-rebuild.ts";

export type { RebuiltCounter } from "./store-rebuild.ts";

export type RebuildInput = {
  /** Who asks: a user id, or "cli". */
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

/**
 * Sets the counters of periods, members and days that differ to the sums of the logs and open holds
 * they stand for: a set, never an add, so that twice is once. Each in a transaction of its own
 * under the lock its traffic takes, with its audit row; what is admitted meanwhile waits for
 * moments and is counted. Logs, holds and right counters are not touched.
 * @returns what was wrong and what it was set to; [] when the books balanced.
 */
export async function rebuildCounters(
  db: Db,
  input: RebuildInput,
): Promise<readonly RebuiltCounter[]> {
  const rebuilt: RebuiltCounter[] = [];
  for (const key of await listSuspects(db, suspicions)) {
    const change = await db.transaction(async (tx) => {
      const found = await setToSums(tx, key);
      if (found === null) return null;
      await recordChange(tx, {
        ...{ actor: input.actor, action: "ledger.rebuild_counter", subject: subjectOf(key) },
        ...{ before: { ...key, ...found.before }, after: { ...key, ...found.after } },
        ...{ reason: input.reason, requestId: input.requestId },
      });
      return found;
    });
    if (change !== null) rebuilt.push(change);
  }
  return rebuilt;
}

const statementOf = (id: string): string =>
  sumInvariants.find((invariant) => invariant.id === id)?.sql(EVER) ?? "";

/** Where used and reserved are two rules, either makes the counter one to look at. */
const suspicions = {
  period: `select period_id from (${statementOf("1-used")}) u
            union select id from (${statementOf("2-reserved")}) r`,
  member: `select org_id, user_id from (${statementOf("1-member")}) u
            union select org_id, user_id from (${statementOf("2-member")}) r`,
  day: statementOf("1-day"),
};

function subjectOf(key: CounterKey): string {
  return key.counter === "day" ? `day:${key.scope}:${key.subjectId}` : `org:${key.orgId}`;
}
