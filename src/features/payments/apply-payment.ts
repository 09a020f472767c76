import { ExponentialBackoff, handleWhen, retry } from "cockatiel";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { findOrderCodes } from "@/domain/payments/find-order-codes.ts";
import { isTestSend } from "@/domain/payments/is-test-send.ts";
import {
  judgePayment,
  type PaymentFacts,
  type PaymentVerdict,
} from "@/domain/payments/judge-payment.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { crashPoint } from "@/server/crash-points.ts";
import type { Db } from "@/server/db/client.ts";
import { readNow } from "@/server/db/read-now.ts";
import { isConflict } from "@/server/db/retry-database.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { env } from "@/server/env.ts";
import { paymentProviders } from "@/server/payment-providers/providers.ts";
import { settleOrder } from "./settle-order.ts";
import { lockOrdersByCode, type OrderRow } from "./store-orders.ts";
import {
  findPayment,
  hasSameReference,
  lockPayment,
  lockReference,
  MATCHED_AGAIN,
  setFate,
  type PaymentRow,
} from "./store-payments.ts";

/** The cause ops is told of while money waits for finance. */
export const WAITING_ALERT = "webhook_unmatched";

/**
 * Applies a stored transfer: judges it (`domain/payments/judge-payment.ts`) and does what the
 * verdict says, in one transaction that locks payment → bank reference → orders → the
 * organisation's periods. Done once for ever: a payment that has its verdict is left alone, but for
 * one whose code named no order, which may be there by now, and money that left, which may name one
 * that is paid by now. Callers repeat it freely: at once, by the job, by the timer, from several
 * processes.
 * @throws DomainError `not_found`; the database's errors, after which nothing was changed.
 */
export async function applyPayment(db: Db, paymentId: string): Promise<void> {
  crashPoint("payment_stored");
  const found = await findPayment(db, paymentId);
  if (found === null) throw new DomainError("not_found", "no such payment");
  if (!isToBeJudged(found)) return;
  await unlessOvertaken(() => db.transaction((tx) => judgeAndFollow(tx, paymentId)));
  crashPoint("payment_committed");
}

const ATTEMPTS_MAX = 5;

/**
 * The clock stands still in a transaction: one that waited for its locks may find a period that
 * began after its own now. A new one comes after it.
 */
function unlessOvertaken(work: () => Promise<void>): Promise<void> {
  const isOvertaken = (error: unknown) =>
    error instanceof DomainError && ["state_conflict", "overloaded"].includes(error.code);
  const backoff = new ExponentialBackoff({ initialDelay: 10, maxDelay: 250 });
  const again = handleWhen((error) => isConflict(error) || isOvertaken(error));
  return retry(again, { maxAttempts: ATTEMPTS_MAX, backoff }).execute(work);
}

function isToBeJudged({ state, reason, decidedBy }: PaymentRow): boolean {
  if (state === "received") return true;
  const isKept = state === "unmatched" || state === "ignored";
  return isKept && decidedBy === null && MATCHED_AGAIN.some((again) => again === reason);
}

async function judgeAndFollow(db: Queryable, paymentId: string): Promise<void> {
  const payment = await lockPayment(db, paymentId);
  if (payment === null || !isToBeJudged(payment)) return;
  await lockReference(db, payment);
  const codes = findOrderCodes(payment.code, payment.content, payment.description);
  const orders = await lockOrdersByCode(db, codes);
  const now = await readNow(db);
  const isRepeated = await hasSameReference(db, payment);
  const verdict = judgePayment(factsOf(payment, { codes, orders, now, isRepeated }));
  crashPoint("payment_matched");
  if (verdict.kind === "keep") await keep(db, { payment, orders, verdict });
  else await settle(db, { payment, orders, now, orderId: verdict.orderId });
  crashPoint("payment_applied");
}

function factsOf(
  payment: PaymentRow,
  known: {
    readonly codes: readonly string[];
    readonly orders: readonly OrderRow[];
    readonly now: Date;
    readonly isRepeated: boolean;
  },
): PaymentFacts {
  const { direction, content, description } = payment;
  return {
    ...payment,
    direction: direction === "in" || direction === "out" ? direction : "unknown",
    receivedAt: payment.createdAt,
    isVerified: payment.verifiedBy !== null,
    codes: known.codes,
    looksLikeTest: isTestSend({
      eventKey: payment.eventKey,
      texts: [content, description],
      isOnBankList: payment.bankLineId !== null,
    }),
    hasSameReference: known.isRepeated,
    accounts: accountsOf(payment.provider),
    orders: known.orders.map((order) => ({ ...order, orderId: order.id })),
    now: known.now,
  };
}

/** Nobody vouches for the accounts of a provider that is not configured (any more). */
function accountsOf(provider: string): readonly string[] {
  // The bank's list tells of transfers to them, with or without the webhook.
  if (provider === "sepay") return env().SEPAY_ACCOUNT_NUMBER;
  return [...paymentProviders().values()].find(({ id }) => id === provider)?.accounts ?? [];
}

async function settle(
  db: Queryable,
  found: {
    readonly payment: PaymentRow;
    readonly orders: readonly OrderRow[];
    readonly now: Date;
    readonly orderId: string;
  },
): Promise<void> {
  const { payment, orders, now, orderId } = found;
  await settleOrder(
    { db, now, requestId: `payment-${payment.id}` },
    {
      payment: {
        id: payment.id,
        amountMicroVnd: present(payment.amountMicroVnd, "good money has an amount"),
      },
      order: present(
        orders.find(({ id }) => id === orderId),
        "the verdict names one of the orders",
      ),
      reason: null,
      decidedBy: null,
    },
  );
}

/** Not applied, never lost: it keeps its reason, and finance is told where a person has to look. */
async function keep(
  db: Queryable,
  found: {
    readonly payment: PaymentRow;
    readonly orders: readonly OrderRow[];
    readonly verdict: Extract<PaymentVerdict, { kind: "keep" }>;
  },
): Promise<void> {
  const { payment, orders, verdict } = found;
  const { state, reason, orderId } = verdict;
  if (payment.state === state && payment.reason === reason) return;
  const orgId = orders.find(({ id }) => id === orderId)?.orgId ?? null;
  const fate = { paymentId: payment.id, state, reason, orderId, orgId, decidedBy: null };
  await setFate(db, fate);
  if (state === "ignored") return;
  await raiseOpsAlert(db, {
    kind: "webhook_unmatched",
    dedupeKey: WAITING_ALERT,
    payload: {
      paymentId: payment.id,
      reason,
      amountMicroVnd: payment.amountMicroVnd?.toString() ?? null,
    },
  });
}
