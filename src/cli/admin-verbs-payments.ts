import { randomUUID } from "node:crypto";
import { z } from "zod";
import { attachPayment } from "@/features/payments/attach-payment.ts";
import { creditPayment } from "@/features/payments/credit-payment.ts";
import { dismissPayment } from "@/features/payments/dismiss-payment.ts";
import { listInbox } from "@/features/payments/list-inbox.ts";
import { reconcilePayments } from "@/features/payments/reconcile-payments.ts";
import { markForRefund } from "@/features/payments/refund-payment.ts";
import {
  attachPaymentInput,
  creditPaymentInput,
  decidePaymentInput,
  listInboxInput,
  undoDecisionInput,
} from "@/features/payments/schema.ts";
import { undoDecision } from "@/features/payments/undo-decision.ts";
import { changePlan } from "@/features/plans/change-plan.ts";
import { listPlanTerms } from "@/features/plans/list-plan-terms.ts";
import { changePlanInput } from "@/features/plans/schema.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { readNow } from "@/server/db/read-now.ts";
import { asStaff, type StaffCtx } from "@/server/staff.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";

/** Who may reach the shell may do what finance may; the audit names the shell. */
async function financeOfShell(db: Db): Promise<StaffCtx> {
  const nobody = { orgId: "", userId: ADMIN_ACTOR, requestId: randomUUID() };
  const ctx = systemCtx({ db, now: await readNow(db), ...nobody });
  return asStaff({ ...ctx, role: "finance" }, ["finance"]);
}

/** The caller's idempotency key: the same word again with the same key changes nothing. */
const key = z.uuid().default(() => randomUUID());
const text = z.string();
const whole = z.coerce.number();

const listInboxVerb: Verb = async (db, { values }) => {
  const { show, reason, search, page, limit } = z
    .strictObject({
      show: text.optional(),
      reason: text.optional(),
      search: text.optional(),
      page: whole.optional(),
      limit: whole.default(100),
    })
    .parse(values);
  const input = listInboxInput.parse({ show, reason, search, page, pageSize: limit });
  return listInbox(await financeOfShell(db), input);
};

const attachPaymentVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ payment: text, order: text, reason: text, key }).parse(values);
  const { payment: paymentId, order: orderCode, ...word } = flags;
  const input = attachPaymentInput.parse({ paymentId, orderCode, ...word });
  return attachPayment(await financeOfShell(db), input);
};

const creditPaymentVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ payment: text, email: text, reason: text, key }).parse(values);
  const { payment: paymentId, ...word } = flags;
  return creditPayment(await financeOfShell(db), creditPaymentInput.parse({ paymentId, ...word }));
};

const decision = z.strictObject({ payment: text, reason: text, key });

const refundPaymentVerb: Verb = async (db, { values }) => {
  const { payment: paymentId, ...word } = decision.parse(values);
  return markForRefund(await financeOfShell(db), decidePaymentInput.parse({ paymentId, ...word }));
};

const dismissPaymentVerb: Verb = async (db, { values }) => {
  const { payment: paymentId, ...word } = decision.parse(values);
  return dismissPayment(await financeOfShell(db), decidePaymentInput.parse({ paymentId, ...word }));
};

const undoPaymentVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ decision: text, reason: text, key }).parse(values);
  const { decision: decisionId, ...word } = flags;
  return undoDecision(await financeOfShell(db), undoDecisionInput.parse({ decisionId, ...word }));
};

const listPlansVerb: Verb = async (db, { values }) => {
  z.strictObject({}).parse(values);
  return listPlanTerms(await financeOfShell(db));
};

const changePlanVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      plan: text,
      "price-vnd": whole.optional(),
      "budget-ratio-bp": whole.optional(),
      offered: z.enum(["yes", "no"]).optional(),
      reason: text,
      key,
    })
    .parse(values);
  const input = changePlanInput.parse({
    planId: flags.plan,
    priceVnd: flags["price-vnd"],
    budgetRatioBp: flags["budget-ratio-bp"],
    enabled: flags.offered === undefined ? undefined : flags.offered === "yes",
    reason: flags.reason,
    key: flags.key,
  });
  return changePlan(await financeOfShell(db), input);
};

const reconcilePaymentsVerb: Verb = async (db, { values }) => {
  const { days } = z
    .strictObject({ days: whole.pipe(z.int().min(1).max(62)).optional() })
    .parse(values);
  return reconcilePayments(db, days === undefined ? {} : { daysBack: days });
};

/** The verbs of `npm run admin` about money that came in and what plans cost; decisions take `--key`. */
export const paymentVerbs: Readonly<Record<string, Verb>> = {
  "list-inbox": listInboxVerb,
  "attach-payment": attachPaymentVerb,
  "credit-payment": creditPaymentVerb,
  "refund-payment": refundPaymentVerb,
  "dismiss-payment": dismissPaymentVerb,
  "undo-payment": undoPaymentVerb,
  "list-plans": listPlansVerb,
  "change-plan": changePlanVerb,
  "reconcile-payments": reconcilePaymentsVerb,
};
