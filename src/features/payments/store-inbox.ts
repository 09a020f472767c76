import { and, eq, isNull, ne, sql, type SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { auditLog } from "@drizzle/schema/audit.ts";
import { paymentDecisions, payments } from "@drizzle/schema/payments.ts";
import type { PaymentReason } from "@/domain/payments/payment-reasons.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { InboxPaymentView } from "./schema.ts";

export type DecisionAction = InboxPaymentView["decisions"][number]["action"];
type PaymentState = InboxPaymentView["state"];
type OrderState = NonNullable<InboxPaymentView["order"]>["state"];

/** Waits for a person: neither the rules nor finance have said what becomes of it. */
const waits = sql`(p.state in ('unmatched', 'review') and p.decided_by is null)`;

export type InboxFilter = {
  readonly show: "open" | "decided" | "all";
  readonly reason: PaymentReason | null;
  /** Part of the transfer's text, of a code, or of the customer's e-mail; "" finds all. */
  readonly search: string;
};

const undoing = alias(paymentDecisions, "undoing");

const joined = sql`
  payments p
  left join orders o on o.id = p.order_id
  left join orgs g on g.id = coalesce(p.org_id, o.org_id)
  left join users c on c.id = coalesce(g.personal_user_id, (
    select m.user_id from org_members m where m.org_id = g.id and m.role = 'owner'
     order by m.created_at, m.user_id limit 1))`;

function matching({ show, reason, search }: InboxFilter): SQL {
  const shown = { open: waits, decided: sql`p.decided_by is not null`, all: sql`true` }[show];
  const searched = sql`position(lower(${search}::text) in lower(concat_ws(' ', p.content, p.description,
    p.code, p.reference_code, o.code, c.email))) > 0`;
  return sql`${shown} and (${reason}::text is null or p.reason = ${reason}::text)
    and (${search}::text = '' or ${searched})`;
}

export type InboxRow = {
  readonly paymentId: string;
  readonly state: PaymentState;
  readonly reason: PaymentReason | null;
  readonly provider: string;
  readonly direction: InboxPaymentView["direction"];
  readonly amountMicroVnd: string | null;
  readonly accountNumber: string;
  readonly subAccount: string;
  readonly content: string;
  readonly referenceCode: string;
  readonly occurredAt: string | null;
  readonly receivedAt: string;
  readonly verifiedBy: string | null;
  readonly isOnBankList: boolean;
  readonly orderId: string | null;
  readonly orderCode: string;
  readonly orderState: OrderState;
  readonly priceMicroVnd: string;
  readonly paidMicroVnd: string;
  readonly orgId: string | null;
  readonly customerName: string;
  readonly customerEmail: string;
};

/** One page of transfers, newest first. */
export function listInboxRows(
  db: Queryable,
  filter: InboxFilter & { readonly page: number; readonly pageSize: number },
): Promise<readonly InboxRow[]> {
  const { page, pageSize } = filter;
  return db.execute<InboxRow>(sql`
    select p.id as "paymentId", p.state, p.reason, p.provider, p.direction,
           p.amount_micro_vnd::text as "amountMicroVnd", p.account_number as "accountNumber",
           p.sub_account as "subAccount", p.content, p.reference_code as "referenceCode",
           p.occurred_at as "occurredAt", p.created_at as "receivedAt", p.verified_by as "verifiedBy",
           p.bank_line_id is not null as "isOnBankList",
           o.id as "orderId", o.code as "orderCode", o.state as "orderState",
           o.price_micro_vnd::text as "priceMicroVnd",
           (select coalesce(sum(paid.amount_micro_vnd), 0)::text from payments paid
             where paid.order_id = o.id and paid.direction = 'in'
               and (paid.state = 'applied' or paid.state = 'unmatched' and paid.reason = 'short')
           ) as "paidMicroVnd",
           g.id as "orgId", coalesce(nullif(c.name, ''), g.name, '') as "customerName",
           coalesce(c.email, '') as "customerEmail"
      from ${joined}
     where ${matching(filter)}
     order by coalesce(p.occurred_at, p.created_at) desc, p.id
     limit ${pageSize} offset ${(page - 1) * pageSize}`);
}

export async function countInbox(db: Queryable, filter: InboxFilter) {
  const [row] = await db.execute<{ total: number }>(sql`
    select count(*)::int as total from ${joined} where ${matching(filter)}`);
  return row?.total ?? 0;
}

/** Of all that wait; the sum is of money that came in. */
export async function sumOpen(db: Queryable) {
  const [row] = await db.execute<{ count: number; microVnd: string }>(sql`
    select count(*)::int as count,
           coalesce(sum(p.amount_micro_vnd) filter (where p.direction = 'in'), 0)::text as "microVnd"
      from payments p where ${waits}`);
  return row ?? { count: 0, microVnd: "0" };
}

const uuids = (ids: readonly string[]) => sql`(
  select wanted.id::uuid from json_array_elements_text(${JSON.stringify(ids)}::json) as wanted(id))`;

export type DecisionRow = {
  readonly decisionId: string;
  readonly paymentId: string;
  readonly action: DecisionAction;
  readonly orderId: string | null;
  readonly orgId: string | null;
  readonly stateBefore: PaymentState;
  readonly actor: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly isUndone: boolean;
};

/** Of these payments, newest first; an actor by name where it is a person of ours. */
export function listDecisions(
  db: Queryable,
  paymentIds: readonly string[],
): Promise<readonly DecisionRow[]> {
  return db.execute<DecisionRow>(sql`
    select d.id as "decisionId", d.payment_id as "paymentId", d.action, d.order_id as "orderId",
           d.org_id as "orgId", d.state_before as "stateBefore",
           coalesce(nullif(a.name, ''), a.email, d.actor) as actor, d.reason,
           d.created_at as "createdAt",
           exists (select 1 from payment_decisions u where u.undoes_id = d.id) as "isUndone"
      from payment_decisions d left join users a on a.id = d.actor
     where d.payment_id in ${uuids(paymentIds)}
     order by d.created_at desc, d.action = 'undo' desc, d.id`);
}

/** Whose decision it is. */
export async function findDecision(db: Queryable, decisionId: string) {
  const [row] = await db
    .select({ paymentId: paymentDecisions.paymentId })
    .from(paymentDecisions)
    .where(eq(paymentDecisions.id, decisionId));
  return row ?? null;
}

/** What the payment was before that decision, as the audit row of the decision keeps it. */
export async function findFateBefore(
  db: Queryable,
  paymentId: string,
  decisionId: string,
): Promise<unknown> {
  const [row] = await db
    .select({ before: auditLog.before })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.subject, `payment:${paymentId}`),
        sql`${auditLog.after} ->> 'decisionId' = ${decisionId}`,
      ),
    );
  return row?.before ?? null;
}

/** What stands of a payment: decisions that are no undoing and that none names. */
export function listStanding(db: Queryable, paymentId: string) {
  return db
    .select({
      id: paymentDecisions.id,
      action: paymentDecisions.action,
      orderId: paymentDecisions.orderId,
      orgId: paymentDecisions.orgId,
    })
    .from(paymentDecisions)
    .leftJoin(undoing, eq(undoing.undoesId, paymentDecisions.id))
    .where(
      and(
        eq(paymentDecisions.paymentId, paymentId),
        ne(paymentDecisions.action, "undo"),
        isNull(undoing.id),
      ),
    );
}

/** A person of finance has a word in what stays as it is. */
export async function setDecidedBy(db: Queryable, paymentId: string, actor: string): Promise<void> {
  await db
    .update(payments)
    .set({ decidedBy: actor, updatedAt: sql`app_now()` })
    .where(eq(payments.id, paymentId));
}

export type NewDecision = Omit<typeof paymentDecisions.$inferInsert, "createdAt" | "action"> & {
  readonly id: string;
  readonly action: DecisionAction;
};

export async function insertDecision(db: Queryable, row: NewDecision): Promise<void> {
  await db.insert(paymentDecisions).values(row);
}
