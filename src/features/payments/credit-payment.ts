import type { z } from "zod";
import { addGrant } from "@/features/budgets/add-grant.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import type { StaffCtx } from "@/server/staff.ts";
import {
  decidePayment,
  expectUndecided,
  goodMoneyOf,
  reasonOf,
  type PaymentDecision,
} from "./decide-payment.ts";
import type { creditPaymentInput } from "./schema.ts";

/**
 * Finance gives a transfer's whole amount to a customer as a grant to the running budget period; a
 * part of an order leaves that order. The grant's cause id is the decision's, so that an undone
 * credit can be given again. Audited; undone by `undoDecision`.
 * @throws DomainError `not_found` for an e-mail nobody has; `state_conflict` for what was applied or
 * decided before and for what is no proven money; `idempotency_conflict`.
 */
export function creditPayment(
  ctx: StaffCtx,
  input: z.output<typeof creditPaymentInput>,
): Promise<PaymentDecision> {
  const { email, ...asked } = input;
  const decision = { action: "credit", ...asked, body: { email } } as const;
  return decidePayment(ctx, decision, async ({ db, payment, decisionId, actor, reason }) => {
    expectUndecided(payment);
    const amountMicroVnd = goodMoneyOf(payment);
    const customer = await findOwner(db, { email, requestId: ctx.requestId });
    const grant = { amountMicroVnd, cause: "credit", causeId: decisionId } as const;
    const { grantId } = await addGrant(customer, { ...grant, reason, actor });
    const fate = { state: "applied", reason: reasonOf(payment), decidedBy: actor } as const;
    const given = { orderId: null, orgId: customer.orgId };
    return {
      fate: { ...fate, ...given },
      ...given,
      more: { grantId, amountMicroVnd: amountMicroVnd.toString() },
    };
  });
}
