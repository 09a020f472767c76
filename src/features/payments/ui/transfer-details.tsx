"use client";

import { useTranslations } from "next-intl";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { microVndToVndFloor } from "@/domain/money/vnd.ts";
import type { TransferView } from "../schema.ts";
import styles from "./checkout.module.css";
import { CopyRow } from "./copy-row.tsx";
import { TransferQr } from "./transfer-qr.tsx";

/** The QR code, and beside it all that it holds, for those who type. */
export function TransferDetails({ transfer }: { readonly transfer: TransferView }) {
  const t = useTranslations("billing.transfer");
  const amount = BigInt(transfer.amountMicroVnd);
  return (
    <div className={styles["transfer"]}>
      <TransferQr transfer={transfer} />
      <div className={styles["details"]}>
        <p className={styles["hint"]}>{t("hint")}</p>
        <dl className={styles["rows"]}>
          <div className={styles["row"]}>
            <dt>{t("bank")}</dt>
            <dd>{transfer.bankName}</dd>
          </div>
          <CopyRow
            name={t("account")}
            shown={transfer.accountNumber}
            copied={transfer.accountNumber}
            testId="transfer-account"
          />
          <CopyRow
            name={t("amount")}
            shown={formatVnd(amount)}
            copied={microVndToVndFloor(amount).toString()}
            testId="transfer-amount"
          />
          <CopyRow
            name={t("memo")}
            shown={transfer.memo}
            copied={transfer.memo}
            testId="transfer-memo"
          />
        </dl>
        <p className={styles["faint"]}>{t("exact")}</p>
      </div>
    </div>
  );
}
