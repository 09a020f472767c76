import { Banks, QRPay } from "vietnam-qr-pay";
import { divCeil } from "@/domain/money/division.ts";
import { MICRO_PER_VND } from "@/domain/money/vnd.ts";
import type { Env } from "@/server/env.ts";
import type { TransferView } from "./schema.ts";

export type TransferSettings = Pick<
  Env,
  | "SEPAY_ACCOUNT_NUMBER"
  | "SEPAY_BANK_BIN"
  | "SEPAY_WEBHOOK_SECRET"
  | "SEPAY_API_KEY"
  | "SEPAY_API_TOKEN"
>;

/**
 * How to pay an amount by bank transfer: account, bank, memo and the VietQR text that holds them.
 * @param transfer.amountMicroVnd > 0; asked for in whole đồng, rounded up. @param transfer.code the
 * memo: letters and digits only, as banks let through.
 * @returns null where no account is configured, or nothing would tell us of the money.
 * Source of the format: NAPAS' VietQR over EMVCo (`vietnam-qr-pay`).
 */
export function describeTransfer(
  settings: TransferSettings,
  transfer: { readonly code: string; readonly amountMicroVnd: bigint },
): TransferView | null {
  const [accountNumber] = settings.SEPAY_ACCOUNT_NUMBER;
  const bankBin = settings.SEPAY_BANK_BIN;
  if (accountNumber === undefined || bankBin === undefined || isDeaf(settings)) return null;
  const amountVnd = divCeil(transfer.amountMicroVnd, MICRO_PER_VND);
  const qr = QRPay.initVietQR({
    bankBin,
    bankNumber: accountNumber,
    amount: amountVnd.toString(),
    purpose: transfer.code,
  });
  return {
    bankBin,
    bankName: bankNameOf(bankBin),
    accountNumber,
    amountMicroVnd: (amountVnd * MICRO_PER_VND).toString(),
    memo: transfer.code,
    qr: qr.build(),
  };
}

/** Whether there is an account to pay to, and something would tell us of the money. */
export function takesTransfers(settings: TransferSettings): boolean {
  const { SEPAY_ACCOUNT_NUMBER: accounts, SEPAY_BANK_BIN: bankBin } = settings;
  return accounts.length > 0 && bankBin !== undefined && !isDeaf(settings);
}

/** Neither a webhook that can be believed nor the bank's list: money would come unseen. */
function isDeaf(settings: TransferSettings): boolean {
  const { SEPAY_WEBHOOK_SECRET, SEPAY_API_KEY, SEPAY_API_TOKEN } = settings;
  return [SEPAY_WEBHOOK_SECRET, SEPAY_API_KEY, SEPAY_API_TOKEN].every(
    (secret) => secret === undefined,
  );
}

/** The name people know a bank by; its number where the list does not have it. */
function bankNameOf(bin: string): string {
  return Banks.find((bank) => bank.bin === bin && bank.deprecated !== true)?.shortName ?? bin;
}
