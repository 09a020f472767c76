import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { FlagKey } from "./schema.ts";
import { findFlag, upsertFlag } from "./store.ts";

/** Switches a flag for everybody in its share; the next turn of every process obeys it. Audited. */
export async function setFlag(
  db: Queryable,
  input: {
    readonly key: FlagKey;
    readonly enabled: boolean;
    readonly actor: string;
    readonly requestId: string;
  },
): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await findFlag(tx, input.key);
    await upsertFlag(tx, { key: input.key, enabled: input.enabled, updatedBy: input.actor });
    await recordChange(tx, {
      actor: input.actor,
      action: "flag.set",
      subject: `flag:${input.key}`,
      before: before === null ? null : { enabled: before.enabled },
      after: { enabled: input.enabled },
      reason: "operator",
      requestId: input.requestId,
    });
  });
}
