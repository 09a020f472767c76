import type { z } from "zod";
import type { StaffCtx } from "@/server/staff.ts";
import type { InboxPaymentView, InboxView, listInboxInput } from "./schema.ts";
import {
  countInbox,
  listDecisions,
  listInboxRows,
  sumOpen,
  type DecisionRow,
  type InboxRow,
} from "./store-inbox.ts";

type ListInboxInput = z.output<typeof listInboxInput>;

/**
 * Transfers as finance sees them, newest first, each with its order, customer and decisions; and
 * how many wait in all, whatever the filter.
 */
export async function listInbox(ctx: StaffCtx, input: ListInboxInput): Promise<InboxView> {
  const [rows, total, open] = await Promise.all([
    listInboxRows(ctx.db, input),
    countInbox(ctx.db, input),
    sumOpen(ctx.db),
  ]);
  const paymentIds = rows.map(({ paymentId }) => paymentId);
  const decisions = await listDecisions(ctx.db, paymentIds);
  return {
    total,
    openCount: open.count,
    openMicroVnd: open.microVnd,
    payments: rows.map((row) => viewOf(row, decisions)),
  };
}

const iso = (text: string) => new Date(text).toISOString();

function viewOf(row: InboxRow, decisions: readonly DecisionRow[]): InboxPaymentView {
  const { orderId, orderCode, orderState, priceMicroVnd, paidMicroVnd, orgId, ...payment } = row;
  const { customerName, customerEmail, occurredAt, receivedAt, ...rest } = payment;
  return {
    ...rest,
    occurredAt: occurredAt === null ? null : iso(occurredAt),
    receivedAt: iso(receivedAt),
    order:
      orderId === null
        ? null
        : { orderId, code: orderCode, state: orderState, priceMicroVnd, paidMicroVnd },
    customer: orgId === null ? null : { orgId, name: customerName, email: customerEmail },
    decisions: decisions
      .filter(({ paymentId }) => paymentId === row.paymentId)
      .map(({ decisionId, action, actor, reason, createdAt, isUndone }) => ({
        ...{ decisionId, action, actor, reason, isUndone },
        createdAt: iso(createdAt),
      })),
  };
}
