"use client";

import { DownloadOutlined, LeftOutlined, RightOutlined } from "@ant-design/icons";
import { keepPreviousData } from "@tanstack/react-query";
import { Alert, Button, Flex, Input } from "antd";
import { useFormatter, useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import type { ReconciliationView } from "../schema.ts";
import { ReconciliationBars, ReconciliationTable, WaitingNote } from "./reconciliation-bars.tsx";
import { reconciliationCsv } from "./reconciliation-csv.ts";
import { ReconciliationDifferences } from "./reconciliation-differences.tsx";
import styles from "./reconciliation.module.css";
import { useReconciliationDay } from "./use-reconciliation-day.ts";

const REFETCH_MS = 60_000;

/** One Vietnamese day as the bank, our payments and the orders have it, and where they disagree. */
export function ReconciliationReport() {
  const t = useTranslations("finance.reconciliation");
  const days = useReconciliationDay();
  const query = api.finance.getReconciliation.useQuery(
    { day: days.day },
    { placeholderData: keepPreviousData, staleTime: 0, refetchInterval: REFETCH_MS },
  );
  // A day that could not be read shows nothing, not the day before it.
  const data = query.isError ? undefined : query.data;
  return (
    <Sheet title={t("title")} extra={<DayPicker {...days} />}>
      <p className={styles["lead"]}>{t("lead")}</p>
      <QueryPlaceholder query={{ ...query, data }} failed={t("failed")} rows={8} />
      {data === undefined ? null : (
        <div aria-busy={query.isPlaceholderData} data-testid="reconciliation" data-day={data.day}>
          <Report view={data} />
        </div>
      )}
    </Sheet>
  );
}

function DayPicker({ day, today, choose, move }: ReturnType<typeof useReconciliationDay>) {
  const t = useTranslations("finance.reconciliation");
  return (
    <Flex gap={6} align="center" role="group" aria-label={t("day")}>
      <Button icon={<LeftOutlined />} aria-label={t("dayBefore")} onClick={() => move(-1)} />
      <Input
        type="date"
        aria-label={t("day")}
        value={day}
        max={today}
        className={styles["date"] ?? ""}
        data-testid="reconciliation-day"
        onChange={(event) => choose(event.target.value)}
      />
      <Button
        icon={<RightOutlined />}
        aria-label={t("dayAfter")}
        disabled={day >= today}
        onClick={() => move(1)}
      />
    </Flex>
  );
}

function Report({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  return (
    <>
      <ListState view={view} />
      <ReconciliationBars view={view} />
      <WaitingNote view={view} />
      <ReconciliationTable view={view} />
      <h3 className={styles["heading"]}>{t("differences")}</h3>
      <ReconciliationDifferences view={view} />
      <CsvButton view={view} />
    </>
  );
}

/** Whether the bank was asked at all, and when: without it only two of the three are there. */
function ListState({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  const format = useFormatter();
  if (!view.isConfigured) {
    return <Alert type="info" showIcon title={t("off")} description={t("offText")} />;
  }
  if (view.lastReadAt === null) return <Alert type="warning" showIcon title={t("neverRead")} />;
  const at = format.dateTime(new Date(view.lastReadAt), { dateStyle: "short", timeStyle: "short" });
  return <p className={styles["faint"]}>{t("lastRead", { at })}</p>;
}

function CsvButton({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  const download = () => {
    const csv = reconciliationCsv(view, {
      header: (["day", "what", "count", "amount", "time", "id", "text"] as const).map((name) =>
        t(`csv.${name}`),
      ),
      kinds: {
        line_without_payment: t("kinds.line_without_payment"),
        payment_without_line: t("kinds.payment_without_line"),
        order_without_money: t("kinds.order_without_money"),
      },
      bank: t("sources.bankLines"),
      payments: t("sources.payments"),
      applied: t("sources.applied"),
      orders: t("sources.orders"),
    });
    const address = URL.createObjectURL(new Blob([csv], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `reconciliation-${view.day}.csv`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button icon={<DownloadOutlined />} onClick={download} data-testid="reconciliation-csv">
      {t("download")}
    </Button>
  );
}
