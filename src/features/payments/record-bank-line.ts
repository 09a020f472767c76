import { findOrderCodes } from "@/domain/payments/find-order-codes.ts";
import type { Db } from "@/server/db/client.ts";
import { retryConflicts } from "@/server/db/retry-database.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { addJob } from "@/server/jobs/add-job.ts";
import type { BankTransaction } from "@/server/sepay/list-transactions.ts";
import { findTwin, lockTransfer } from "./join-transfer.ts";
import { insertLine, insertListedPayment, joinLine } from "./store-lines.ts";

export type RecordedLine = {
  /**
   * `known`: we had the line; `joined`: the webhook told of it before; `missed`: no webhook told of
   * it, it is a payment now; `foreign`: another account's, not kept.
   */
  readonly outcome: "known" | "joined" | "missed" | "foreign";
  /** The payment that is to be applied (again); null where nothing is new. */
  readonly paymentId: string | null;
};

/**
 * Records a line of the bank's list once: joins it to the payment a webhook made of the same
 * transfer, or makes that payment, verified by the list. A payment that only waited because its
 * signature was stale is believed now. The job that applies it is added in the same transaction.
 * A line of an account that is not ours is kept only where its text names an order's code or a
 * webhook told of it: the token also sees what is none of our business. Repeatable, also at once.
 * @param accounts our accounts and virtual accounts.
 */
export async function recordBankLine(
  db: Db,
  line: BankTransaction,
  accounts: readonly string[],
): Promise<RecordedLine> {
  return retryConflicts(() =>
    db.transaction(async (tx): Promise<RecordedLine> => {
      const transfer = { ...line, currency: "VND", description: "" };
      await lockTransfer(tx, transfer);
      const twin = await findTwin(tx, transfer, "line");
      if (twin === null && !isOurs(line, accounts)) return { outcome: "foreign", paymentId: null };
      const row = { ...line, provider: "sepay" };
      if (!(await insertLine(tx, row))) return { outcome: "known", paymentId: null };
      if (twin !== null) {
        const isToApply = await joinLine(tx, { paymentId: twin, lineId: line.id });
        if (isToApply) await addApplying(tx, twin);
        return { outcome: "joined", paymentId: isToApply ? twin : null };
      }
      const paymentId = await insertListedPayment(tx, row);
      await addApplying(tx, paymentId);
      return { outcome: "missed", paymentId };
    }),
  );
}

async function addApplying(tx: Queryable, paymentId: string): Promise<void> {
  const key = `apply-payments:${paymentId}`;
  await addJob(tx, { task: "apply-payments", payload: { paymentId }, key });
}

function isOurs(line: BankTransaction, accounts: readonly string[]): boolean {
  if (accounts.includes(line.accountNumber) || accounts.includes(line.subAccount)) return true;
  return findOrderCodes(line.code, line.content).length > 0;
}
