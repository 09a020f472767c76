import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { getApproval } from "./get-approval.ts";
import type { Approval, ApprovalKind } from "./schema.ts";
import { closeApproval } from "./store.ts";

export type ApprovalDecision = {
  readonly id: string;
  /** Which kind the caller can apply. */
  readonly kind: ApprovalKind;
  readonly isApproved: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

/**
 * A person's word on a proposal: the state, what `apply` changes and the audit row are one
 * transaction, so a proposal that cannot be applied stays pending. Decided once, whoever is faster.
 * @param apply runs for both words; the feature that proposed the change carries it out and clears
 * its alert.
 * @throws DomainError `not_found`; `state_conflict` when it was decided before; whatever `apply`
 * throws.
 */
export async function decideApproval(
  db: Queryable,
  decision: ApprovalDecision,
  apply: (tx: Queryable, approval: Approval) => Promise<void>,
): Promise<Approval> {
  const { id, kind, isApproved, actor } = decision;
  return db.transaction(async (tx) => {
    const state = isApproved ? ("approved" as const) : ("rejected" as const);
    const closed = await closeApproval(tx, id, { state, actor });
    if (closed === null) {
      const found = await getApproval(tx, id);
      throw new DomainError("state_conflict", `approval ${id} is ${found.state} already`);
    }
    if (closed.kind !== kind) throw new DomainError("not_found", `no ${kind} approval ${id}`);
    await apply(tx, closed);
    await recordChange(tx, {
      actor,
      action: isApproved ? "approval.approve" : "approval.reject",
      subject: `approval:${id}`,
      before: { state: "pending" },
      after: { state, kind, payload: closed.payload },
      reason: decision.reason,
      requestId: decision.requestId,
    });
    return closed;
  });
}
