import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { once } from "@/server/db/once.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import { memberCapMicroVnd } from "./schema.ts";
import { lockMemberCap, updateMemberCap } from "./store.ts";

export type SetMemberCapInput = {
  readonly userId: string;
  /** The most the member may use and hold in one budget period; null takes the cap away. */
  readonly capMicroVnd: bigint | null;
  readonly reason: string;
  readonly actor: string;
  /** The caller's idempotency key. */
  readonly key: string;
};

/**
 * Caps what one member of the organisation may spend in a budget period; audited. A cap under what
 * is used lets running answers settle and refuses the next call.
 * @throws DomainError `not_found` for somebody who is no member, `idempotency_conflict`.
 */
export async function setMemberCap(
  ctx: TxCtx,
  input: SetMemberCapInput,
): Promise<{ readonly oldCapMicroVnd: string | null; readonly capMicroVnd: string | null }> {
  const { userId, reason, actor, key } = input;
  const capMicroVnd = memberCapMicroVnd.parse(input.capMicroVnd);
  const member = { orgId: ctx.orgId, userId };
  const operation = {
    scope: `member.cap:${ctx.orgId}`,
    key,
    body: { userId, capMicroVnd, reason },
  };
  return withTransaction(ctx, (tx) =>
    once(tx, operation, async () => {
      const oldCap = await lockMemberCap(tx.db, member);
      if (oldCap === undefined) throw new DomainError("not_found", "no such member");
      await updateMemberCap(tx.db, member, capMicroVnd);
      const change = {
        oldCapMicroVnd: oldCap?.toString() ?? null,
        capMicroVnd: capMicroVnd?.toString() ?? null,
      };
      await recordChange(tx.db, {
        actor,
        action: "member.cap",
        subject: `org:${ctx.orgId}`,
        before: { userId, capMicroVnd: change.oldCapMicroVnd },
        after: { userId, capMicroVnd: change.capMicroVnd },
        reason,
        requestId: tx.requestId,
      });
      return change;
    }),
  );
}
