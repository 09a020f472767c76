import { createHash } from "node:crypto";
import { z } from "zod";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { TEST_KEY_PREFIX } from "@/domain/payments/is-test-send.ts";
import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";
import { cleanText } from "@/domain/text/clean-text.ts";

/** 2^63 micro-VND: more does not fit the books, and is no transfer. */
const AMOUNT_VND_MAX = 9_000_000_000_000;

const text = z.string().transform(cleanText).catch("");

/**
 * Strict where it decides (whole numbers only, never a text for a number), forgiving elsewhere:
 * older samples lack fields or write null for "". What is not readable is kept as not readable, and
 * judged later; the bytes are stored anyway.
 */
const notice = z.looseObject({
  id: z
    .union([z.int().positive(), z.string().regex(/^[1-9][0-9]{0,14}$/)])
    .transform(String)
    .nullable()
    .catch(null),
  transactionDate: z.string().nullable().catch(null),
  accountNumber: text,
  subAccount: text,
  code: z.string().transform(cleanText).nullable().catch(null),
  content: text,
  description: text,
  transferType: z.enum(["in", "out", "unknown"]).catch("unknown"),
  transferAmount: z.int().min(-AMOUNT_VND_MAX).max(AMOUNT_VND_MAX).nullable().catch(null),
  /** SePay names none: it is VND. */
  currency: z.string().trim().toUpperCase().transform(cleanText).catch("VND"),
  referenceCode: text,
});

/** What of a body says that it tells of a transfer at all. */
const isTransfer = z
  .looseObject({ transferType: z.unknown().optional(), transferAmount: z.unknown().optional() })
  .refine((body) => body.transferType !== undefined || body.transferAmount !== undefined);

export type SepayNotice = {
  /** SePay's id of the transfer, the same on every repeat; made of the bytes where it has none. */
  readonly eventKey: string;
  /** null: it does not tell of a transfer, as far as we can read. */
  readonly transfer: TransferNotice | null;
};

/**
 * Reads a delivery of SePay's bank webhook.
 * @param body the bytes as they came. @param json the same, parsed.
 */
export function readSepayNotice(body: Uint8Array, json: unknown): SepayNotice {
  const keyOfBytes = () => `${TEST_KEY_PREFIX}${createHash("sha256").update(body).digest("hex")}`;
  const parsed = notice.safeParse(json);
  if (!parsed.success) return { eventKey: keyOfBytes(), transfer: null };
  const eventKey = parsed.data.id ?? keyOfBytes();
  if (!isTransfer.safeParse(json).success) return { eventKey, transfer: null };
  return { eventKey, transfer: transferOf(parsed.data) };
}

function transferOf(read: z.output<typeof notice>): TransferNotice {
  const { transferType, transferAmount, transactionDate, ...rest } = read;
  return {
    direction: transferType,
    amountMicroVnd: transferAmount === null ? null : vndToMicroVnd(BigInt(transferAmount)),
    currency: rest.currency,
    accountNumber: rest.accountNumber.trim(),
    subAccount: rest.subAccount.trim(),
    content: rest.content,
    description: rest.description,
    code: rest.code,
    referenceCode: rest.referenceCode.trim(),
    occurredAt: transactionDate === null ? null : vietnamInstant(transactionDate),
  };
}

const WRITTEN_INSTANT = /^([1-9]\d{3}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/;

/** SePay writes Vietnam's time without a zone. @returns null for anything that is no such instant. */
export function vietnamInstant(written: string): Date | null {
  const [, day, time] = WRITTEN_INSTANT.exec(written.trim()) ?? [];
  if (day === undefined || time === undefined) return null;
  // As UTC it must read back as it was written: some impossible days are taken for the next month's.
  const asUtc = new Date(`${day}T${time}Z`);
  const isReal = !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(`${day}T${time}`);
  return isReal ? new Date(`${day}T${time}+07:00`) : null;
}
