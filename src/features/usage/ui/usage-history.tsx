"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { api } from "@/api/client.ts";
import { EmptyList, ListPages } from "@/components/list-frame.tsx";
import { MoneyText } from "@/components/money-text.tsx";
import { Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import type { UsageHistoryView } from "../schema.ts";
import { HistoryFilters } from "./history-filters.tsx";
import { HistoryRows } from "./history-rows.tsx";
import styles from "./usage.module.css";
import { useHistoryFilter } from "./use-history-filter.ts";

/** Every provider call of the person, page by page, with the total of the filter as the server counts it. */
export function UsageHistory() {
  const t = useTranslations("usage.history");
  const { input, isFiltered, change } = useHistoryFilter();
  const query = api.costOptimization.getUsageHistory.useQuery(input, {
    placeholderData: keepPreviousData,
    // Never a total from before the last answer beside a budget from after it.
    staleTime: 0,
  });
  const { data, isFetching, isPlaceholderData } = query;
  return (
    <Sheet title={t("title")}>
      <div className={styles["summary"]}>
        <HistoryFilters
          input={input}
          modelIds={data?.modelIds ?? []}
          isFiltered={isFiltered}
          onChange={change}
        />
        {data === undefined ? null : <Total view={data} />}
      </div>
      <QueryPlaceholder query={query} failed={t("failed")} rows={6} />
      {data === undefined ? null : data.totalRows === 0 ? (
        <Empty isFiltered={isFiltered} />
      ) : (
        <HistoryRows rows={data.rows} isUpdating={isFetching && isPlaceholderData} />
      )}
      <ListPages
        page={input.page}
        pageSize={input.pageSize}
        total={data?.totalRows ?? 0}
        onChange={(page) => change({ page })}
      />
    </Sheet>
  );
}

function Total({ view }: { readonly view: UsageHistoryView }) {
  const t = useTranslations("usage.history");
  return (
    <div className={styles["total"]} data-testid="history-summary" data-rows={view.totalRows}>
      <span className={styles["faint"]}>
        {t("total")} ({t("rows", { count: view.totalRows })})
      </span>
      <b>
        <MoneyText microVnd={view.totalCostMicroVnd} testId="history-total" />
      </b>
    </div>
  );
}

function Empty({ isFiltered }: { readonly isFiltered: boolean }) {
  const t = useTranslations("usage.history");
  if (isFiltered) return <EmptyList>{t("emptyFiltered")}</EmptyList>;
  return (
    <EmptyList>
      <strong>{t("empty")}</strong>
      <p>{t("emptyText")}</p>
      <Link href="/chat" prefetch={false}>
        {t("startChat")}
      </Link>
    </EmptyList>
  );
}
