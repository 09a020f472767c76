"use client";

import { Skeleton } from "antd";
import { useFormatter, useLocale, useTranslations } from "next-intl";
import { MoneyText } from "@/components/money-text.tsx";
import { Figures, Sheet } from "@/components/page-frame.tsx";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import type { UsageSummaryView } from "../schema.ts";
import { LiveBudgetBar } from "./live-budget-bar.tsx";
import { MonthTotals } from "./month-totals.tsx";
import { usePlanName } from "./use-plan-name.ts";
import { useUsageSummary } from "./use-usage-summary.ts";

/** Budget of the open period and totals of the month, from one reading. */
export function BudgetOverview() {
  const t = useTranslations("usage");
  const { data, isError, refetch } = useUsageSummary();
  if (data === undefined && isError) {
    return <RetryAlert title={t("failed")} onRetry={refetch} />;
  }
  return (
    <>
      <Sheet title={t("budget.title")}>
        <LiveBudgetBar />
        {data === undefined ? (
          <Skeleton active title={false} paragraph={{ rows: 2 }} />
        ) : (
          <PeriodFigures summary={data} />
        )}
      </Sheet>
      {data === undefined ? null : <MonthTotals month={data.month} />}
    </>
  );
}

function PeriodFigures({ summary }: { readonly summary: UsageSummaryView }) {
  const t = useTranslations("usage.budget");
  const format = useFormatter();
  const planName = usePlanName();
  const { period, messagesToday } = summary;
  // As a figure, on one line: names of months only where numbers would be read two ways.
  const month = useLocale() === "vi" ? "numeric" : "short";
  const day = (iso: string) =>
    format.dateTime(new Date(iso), { day: "numeric", month, year: "numeric" });
  const count = messagesToday.count;
  return (
    <Figures
      items={[
        { name: t("plan"), value: planName(summary.planId) },
        {
          name: t("spent"),
          value: <MoneyText microVnd={period.usedMicroVnd} testId="period-used" />,
        },
        {
          name: t("remaining"),
          value: <MoneyText microVnd={period.remainingMicroVnd} isLeft testId="period-left" />,
        },
        {
          name: t("limit"),
          value: <MoneyText microVnd={period.limitMicroVnd} testId="period-limit" />,
        },
        { name: t("resets"), value: <time dateTime={period.endsAt}>{day(period.endsAt)}</time> },
        {
          name: t("messagesToday"),
          value:
            messagesToday.max === null
              ? t("messagesFree", { count })
              : t("messagesOf", { count, max: messagesToday.max }),
        },
      ]}
    />
  );
}
