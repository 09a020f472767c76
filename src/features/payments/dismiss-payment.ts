import type { z } from "zod";
import type { StaffCtx } from "@/server/staff.ts";
import {
  decidePayment,
  expectUndecided,
  reasonOf,
  type PaymentDecision,
} from "./decide-payment.ts";
import type { decidePaymentInput } from "./schema.ts";

/**
 * Finance's word that nothing is to be done about a transfer: it no longer waits, and counts for no
 * order. Audited; undone by `undoDecision`.
 * @throws DomainError `not_found`; `state_conflict` for what was applied or decided before;
 * `idempotency_conflict`.
 */
export function dismissPayment(
  ctx: StaffCtx,
  input: z.output<typeof decidePaymentInput>,
): Promise<PaymentDecision> {
  return decidePayment(ctx, { action: "dismiss", ...input }, async ({ payment, actor }) => {
    expectUndecided(payment);
    const { orderId, orgId } = payment;
    const fate = { state: "ignored", reason: reasonOf(payment), decidedBy: actor } as const;
    return { fate: { ...fate, orderId, orgId }, orderId, orgId };
  });
}
