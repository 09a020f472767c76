import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { ApprovalKind } from "./schema.ts";
import { rejectPending } from "./store.ts";

/**
 * Rejects what still waits of a kind because something newer took its place, so that nobody
 * approves yesterday's figures. Audited; nothing waiting, nothing done.
 * @param rest.exceptId the newer proposal itself; null = all of the kind.
 */
export async function withdrawProposals(
  db: Queryable,
  rest: {
    readonly kind: ApprovalKind;
    readonly exceptId: string | null;
    readonly actor: string;
    readonly requestId: string;
  },
): Promise<void> {
  for (const id of await rejectPending(db, rest)) {
    await recordChange(db, {
      actor: rest.actor,
      action: "approval.reject",
      subject: `approval:${id}`,
      before: { state: "pending" },
      after: { state: "rejected", kind: rest.kind },
      reason: "superseded",
      requestId: rest.requestId,
    });
  }
}
