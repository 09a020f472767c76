"use client";

import { CheckCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { useFormatter, useTranslations } from "next-intl";
import { MoneyText } from "@/components/money-text.tsx";
import type { ReconciliationView } from "../schema.ts";
import styles from "./reconciliation.module.css";

type Difference = ReconciliationView["differences"][number];

function DifferenceItem({ difference }: { readonly difference: Difference }) {
  const t = useTranslations("finance.reconciliation");
  const format = useFormatter();
  const { kind, occurredAt } = difference;
  return (
    <li className={styles["difference"]} data-testid="difference" data-kind={kind}>
      <span className={styles["differenceHead"]}>
        <b>
          <WarningOutlined aria-hidden /> {t(`kinds.${kind}`)}
        </b>
        <MoneyText microVnd={difference.amountMicroVnd} />
      </span>
      <span className={styles["differenceText"]}>{difference.text}</span>
      <span className={styles["faint"]}>
        {occurredAt === null ? null : (
          <time dateTime={occurredAt}>
            {format.dateTime(new Date(occurredAt), { dateStyle: "short", timeStyle: "medium" })}
          </time>
        )}{" "}
        {t(`advice.${kind}`)}
      </span>
    </li>
  );
}

/** Every item on which bank, payments and orders disagree, with what to do about it. */
export function ReconciliationDifferences({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  if (view.differences.length === 0 && view.bankLines === null) {
    return (
      <p className={styles["faint"]} data-testid="no-differences">
        {t("unread")}
      </p>
    );
  }
  if (view.differences.length === 0) {
    return (
      <p className={styles["agreed"]} data-testid="no-differences">
        <CheckCircleOutlined aria-hidden /> {t("agreed")}
      </p>
    );
  }
  return (
    <ul className={styles["differences"]} aria-label={t("differences")}>
      {view.differences.map((difference) => (
        <DifferenceItem key={`${difference.kind}:${difference.id}`} difference={difference} />
      ))}
    </ul>
  );
}
