"use client";

import { useTranslations } from "next-intl";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import { Figures, Sheet } from "@/components/page-frame.tsx";
import type { UsageSummaryView } from "../schema.ts";
import styles from "./budgets.module.css";

/** What the calendar month came to. A negative saving is named as the extra cost it is. */
export function MonthTotals({ month }: { readonly month: UsageSummaryView["month"] }) {
  const t = useTranslations("usage.month");
  const [year = "", number = ""] = month.month.split("-");
  const isSaving = !month.savedMicroVnd.startsWith("-");
  const difference = isSaving ? month.savedMicroVnd : month.savedMicroVnd.slice(1);
  return (
    <Sheet title={t("title", { month: `${number}/${year}` })}>
      <Figures
        items={[
          {
            name: t("cost"),
            value: <MoneyText microVnd={month.totalCostMicroVnd} testId="month-cost" />,
          },
          {
            name: <span title={t("savedHint")}>{isSaving ? t("saved") : t("extra")}</span>,
            value: (
              <span
                className={isSaving ? styles["saved"] : styles["extra"]}
                data-testid="month-saved"
                data-micro-vnd={month.savedMicroVnd}
              >
                <MoneyText microVnd={difference} />
              </span>
            ),
          },
          {
            name: t("queries"),
            value: <NumberText value={month.totalQueries} testId="month-queries" />,
          },
          {
            name: t("tokens"),
            value: <NumberText value={month.totalTokens} testId="month-tokens" />,
          },
        ]}
      />
      <Complexities month={month} />
    </Sheet>
  );
}

function Complexities({ month }: { readonly month: UsageSummaryView["month"] }) {
  const t = useTranslations("usage.month");
  const common = useTranslations("common.complexity");
  const counts = [
    { label: "simple", count: month.simpleQueries },
    { label: "medium", count: month.mediumQueries },
    { label: "complex", count: month.complexQueries },
  ] as const;
  const most = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <div className={styles["complexities"]}>
      <h3 className={styles["subtitle"]}>{t("byComplexity")}</h3>
      <dl className={styles["bars"]}>
        {counts.map(({ label, count }) => (
          <div key={label} className={styles["barRow"]}>
            <dt>{common(label)}</dt>
            <dd>
              <span
                className={styles["bar"]}
                data-complexity={label}
                style={{ width: `${String((count / most) * 100)}%` }}
                aria-hidden
              />
              <NumberText value={count} testId={`month-${label}`} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
