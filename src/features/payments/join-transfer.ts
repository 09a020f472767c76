import { findOrderCodes } from "@/domain/payments/find-order-codes.ts";
import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { holdTransferLock, listTwins, type TwinSource } from "./store-events.ts";

/**
 * Until the transaction ends nobody else records a transfer to that account, of that amount, at
 * that instant: whoever of webhook and bank list comes second sees what the first one stored.
 */
export async function lockTransfer(tx: Queryable, transfer: TransferNotice): Promise<void> {
  await holdTransferLock(
    tx,
    [
      transfer.accountNumber,
      transfer.amountMicroVnd?.toString() ?? "",
      transfer.occurredAt?.toISOString() ?? "",
    ].join("|"),
  );
}

/**
 * Finds the payment that is the same transfer, told by the other source: same direction, account,
 * amount and instant, and the same reference. Where one of the two has no reference, what is written
 * must not contradict: different orders' codes are different transfers. Of several the one with the
 * same reference, then the same text, then the oldest. Call it under `lockTransfer`.
 * @param missing the source that has not told of it yet: the caller's own.
 * @returns the payment's id, or null.
 */
export async function findTwin(
  tx: Queryable,
  transfer: TransferNotice,
  missing: TwinSource,
): Promise<string | null> {
  const { amountMicroVnd, occurredAt } = transfer;
  if (amountMicroVnd === null || occurredAt === null) return null;
  const stored = await listTwins(tx, { ...transfer, amountMicroVnd, occurredAt }, missing);
  const sameReference = stored.find(
    ({ referenceCode }) => referenceCode !== "" && referenceCode === transfer.referenceCode,
  );
  if (sameReference !== undefined) return sameReference.id;
  const possible = stored.filter(
    (twin) =>
      (twin.referenceCode === "" || transfer.referenceCode === "") && !contradicts(twin, transfer),
  );
  const sameText = possible.find(({ content }) => content === transfer.content);
  return (sameText ?? possible[0])?.id ?? null;
}

type Written = Pick<TransferNotice, "code" | "content" | "description">;

function contradicts(one: Written, other: Written): boolean {
  const ours = codesOf(one);
  const theirs = codesOf(other);
  if (ours.length === 0 || theirs.length === 0) return false;
  return !ours.some((code) => theirs.includes(code));
}

function codesOf({ code, content, description }: Written): string[] {
  return findOrderCodes(code, content, description);
}
