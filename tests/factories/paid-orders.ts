import { randomUUID } from "node:crypto";
import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { addGrant } from "@/features/budgets/add-grant.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { applyPlanOrder } from "@/features/plans/apply-plan-order.ts";
import { reversePlanOrder } from "@/features/plans/reverse-plan-order.ts";
import { withTransaction, type TxCtx } from "@/server/db/with-transaction.ts";
import type { TestDatabase } from "../support/test-database.ts";
import type { Person } from "./people.ts";

export type PaidOrder = { readonly orderId: string; readonly startsAt: Date };

/** The rows of an order whose price came in one verified transfer; what it buys is not given yet. */
export async function insertPaidOrder(
  { sql }: TestDatabase,
  person: Person,
  order: {
    readonly priceMicroVnd: bigint;
    readonly plan: { readonly snapshot: Snapshot; readonly starts: string } | null;
  },
): Promise<string> {
  const [orderId, eventId] = [randomUUID(), randomUUID()];
  const code = `PHO${randomUUID().slice(0, 8).toUpperCase()}`;
  const price = order.priceMicroVnd.toString();
  const { plan } = order;
  await sql.begin(async (tx) => {
    await tx`
      insert into orders (id, code, org_id, user_id, kind, plan_id, plan_snapshot, price_micro_vnd, starts, state,
                          expires_at, paid_at)
      values (${orderId}, ${code}, ${person.orgId}, ${person.userId}, ${plan === null ? "top_up" : "plan"},
              ${plan?.snapshot.planId ?? null}, ${plan === null ? null : JSON.stringify(plan.snapshot)}::text::jsonb,
              ${price}, ${plan?.starts ?? null}, 'paid', app_now() + interval '1 day', app_now())`;
    await tx`
      insert into webhook_events (id, provider, event_key, scheme, raw_body, headers)
      values (${eventId}, 'sepay', ${randomUUID()}, 'hmac', ${Buffer.from("{}")}, '{}')`;
    await tx`
      insert into payments (provider, webhook_event_id, direction, amount_micro_vnd, account_number, content,
                            reference_code, occurred_at, verified_by, state, order_id, org_id, applied_at)
      values ('sepay', ${eventId}, 'in', ${price}, '0071000888888', ${code}, ${randomUUID()}, app_now(), 'hmac',
              'applied', ${orderId}, ${person.orgId}, app_now())`;
  });
  return orderId;
}

type Snapshot = {
  readonly planId: string;
  readonly tier: string;
  readonly billing: "monthly" | "yearly";
  readonly months: number;
  readonly budgetRatioBp: number;
  readonly cycleLimitMicroVnd: string;
};

/** The plan as an order made now would keep it. */
export async function snapshotOf(
  { sql }: TestDatabase,
  planId: string,
): Promise<Snapshot & { readonly priceMicroVnd: bigint }> {
  const [plan] = await sql`
    select tier, billing, price_micro_vnd::text as price, budget_ratio_bp from plans where id = ${planId}`;
  const billing = plan?.["billing"] === "yearly" ? "yearly" : "monthly";
  const priceMicroVnd = BigInt(String(plan?.["price"]));
  const budgetRatioBp = Number(plan?.["budget_ratio_bp"]);
  const terms = { billing, priceMicroVnd, budgetRatioBp, budgetMicroVnd: null } as const;
  return {
    ...{ planId, tier: String(plan?.["tier"]), billing, budgetRatioBp, priceMicroVnd },
    months: billing === "yearly" ? 12 : 1,
    cycleLimitMicroVnd: periodLimitMicroVnd(terms).toString(),
  };
}

/** The person pays for a plan, and what that buys begins. */
export async function payForPlan(
  database: TestDatabase,
  person: Person,
  order: { readonly planId: string; readonly starts: "now" | "period_end" },
): Promise<PaidOrder> {
  const { priceMicroVnd, ...snapshot } = await snapshotOf(database, order.planId);
  const plan = { snapshot, starts: order.starts };
  const orderId = await insertPaidOrder(database, person, { priceMicroVnd, plan });
  const { startsAt } = await inTransactionOf(database, person, (tx) =>
    applyPlanOrder(tx, { orderId, ...plan }),
  );
  return { orderId, startsAt };
}

/** The person pays for a top-up, and has it. @returns the order's id. */
export async function payForTopUp(
  database: TestDatabase,
  person: Person,
  amountMicroVnd: bigint,
): Promise<string> {
  const order = { priceMicroVnd: amountMicroVnd, plan: null };
  const causeId = await insertPaidOrder(database, person, order);
  const word = { reason: "test", actor: "payments" };
  await inTransactionOf(database, person, (tx) =>
    addGrant(tx, { amountMicroVnd, cause: "top_up", causeId, ...word }),
  );
  return causeId;
}

/** Finance's refund of a plan order, as far as what it bought goes. */
export async function refundPlan(
  database: TestDatabase,
  person: Person,
  { orderId }: Pick<PaidOrder, "orderId">,
): Promise<void> {
  await database.sql`update orders set state = 'refunded' where id = ${orderId}`;
  const word = { actor: "finance-1", reason: "the customer's wish" };
  const reverse = (tx: TxCtx) => reversePlanOrder(tx, { orderId, ...word });
  await inTransactionOf(database, person, reverse);
}

/** The present period as its person sees it: plan, bounds to the minute (UTC), limit in micro-VND. */
export async function shownPeriodOf({ db }: TestDatabase, { email }: Person) {
  const { planId, period } = await getUsageSummary(
    await findOwner(db, { email, requestId: "test" }),
  );
  const [startsAt, endsAt] = [period.startsAt.slice(0, 16), period.endsAt.slice(0, 16)];
  return [planId, startsAt, endsAt, BigInt(period.limitMicroVnd)] as const;
}

/** As the one who applies a payment: in a transaction, for the owner, at the database's now. */
export async function inTransactionOf<T>(
  { db }: TestDatabase,
  { email }: Person,
  work: (tx: TxCtx) => Promise<T>,
): Promise<T> {
  const ctx = await findOwner(db, { email, requestId: "test" });
  return withTransaction(ctx, work);
}
