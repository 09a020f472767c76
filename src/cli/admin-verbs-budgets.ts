import { randomUUID } from "node:crypto";
import { z } from "zod";
import { decimalVndToMicroVnd, vndToMicroVnd } from "@/domain/money/vnd.ts";
import { adjustUsage } from "@/features/budgets/adjust-usage.ts";
import { overrideBudget } from "@/features/budgets/override-budget.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { adjustUsageInput, overrideBudgetInput } from "@/features/budgets/schema.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { setMemberCap } from "@/features/orgs/set-member-cap.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";

/** Flags several verbs share. */
export const email = z.email().max(254);
export const vnd = z
  .string()
  .regex(/^\d{1,12}$/, "is a whole amount of đồng")
  .transform((text) => BigInt(text));

/** The caller's idempotency key: the same word again with the same key changes nothing. */
export const key = z
  .string()
  .regex(/^[\w.:-]{1,200}$/, "is 1 to 200 letters, digits, and . : - _")
  .default(() => randomUUID());

const reason = z.string().min(1).max(500).default("operator");

const until = z.iso
  .datetime({ offset: true, message: "is an ISO instant, as 2026-12-31T17:00:00Z" })
  .transform((text) => new Date(text));

const decimalVnd = z.string().transform((text, context) => {
  const microVnd = decimalVndToMicroVnd(text);
  if (microVnd !== null) return microVnd;
  context.addIssue({ code: "custom", message: "is an amount of đồng with at most six decimals" });
  return z.NEVER;
});

const setBudgetVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ email, vnd, reason, key }).parse(values);
  const ctx = await findOwner(db, { email: flags.email, requestId: randomUUID() });
  const amountMicroVnd = vndToMicroVnd(flags.vnd);
  const { periodId, oldLimitMicroVnd } = await setBudget(ctx, {
    amountMicroVnd,
    actor: ADMIN_ACTOR,
    reason: flags.reason,
    key: flags.key,
  });
  return {
    periodId,
    oldLimitMicroVnd: oldLimitMicroVnd.toString(),
    limitMicroVnd: amountMicroVnd.toString(),
  };
};

const overrideBudgetVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({ email, vnd, until, reason: z.string().min(1).max(500), key })
    .parse(values);
  const ctx = await findOwner(db, { email: flags.email, requestId: randomUUID() });
  const input = overrideBudgetInput.parse({
    amountMicroVnd: vndToMicroVnd(flags.vnd),
    reason: flags.reason,
    expiresAt: flags.until,
  });
  return overrideBudget(ctx, { ...input, actor: ADMIN_ACTOR, key: flags.key });
};

const startSubscriptionVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ email, plan: z.string().max(100), reason, key }).parse(values);
  const ctx = await findOwner(db, { email: flags.email, requestId: randomUUID() });
  const word = { actor: ADMIN_ACTOR, reason: flags.reason, key: flags.key };
  const started = await startSubscription(ctx, { planId: flags.plan, ...word });
  return { plan: flags.plan, ...started };
};

const setMemberCapVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      email,
      member: email.optional(),
      vnd: z.union([z.literal("none").transform(() => null), vnd]),
      reason,
      key,
    })
    .parse(values);
  const requestId = randomUUID();
  const ctx = await findOwner(db, { email: flags.email, requestId });
  const member =
    flags.member === undefined ? ctx : await findOwner(db, { email: flags.member, requestId });
  return setMemberCap(ctx, {
    userId: member.userId,
    capMicroVnd: flags.vnd === null ? null : vndToMicroVnd(flags.vnd),
    reason: flags.reason,
    actor: ADMIN_ACTOR,
    key: flags.key,
  });
};

const adjustUsageVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({ log: z.string(), vnd: decimalVnd, note: z.string(), key })
    .parse(values);
  const input = adjustUsageInput.parse({
    usageLogId: flags.log,
    costMicroVnd: flags.vnd,
    note: flags.note,
  });
  const word = { actor: ADMIN_ACTOR, key: flags.key, requestId: randomUUID() };
  return adjustUsage(db, { ...input, ...word });
};

const rollPeriodsVerb: Verb = async (db, { values }) => {
  z.strictObject({}).parse(values);
  return rollPeriods(db);
};

/** The verbs of `npm run admin` about limits, plans and corrections; all take `--key`. */
export const budgetVerbs: Readonly<Record<string, Verb>> = {
  "set-budget": setBudgetVerb,
  "override-budget": overrideBudgetVerb,
  "start-subscription": startSubscriptionVerb,
  "set-member-cap": setMemberCapVerb,
  "adjust-usage": adjustUsageVerb,
  "roll-periods": rollPeriodsVerb,
};
