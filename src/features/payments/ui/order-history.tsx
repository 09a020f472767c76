"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { ListPages } from "@/components/list-frame.tsx";
import { Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import { OrderRows } from "./order-rows.tsx";
import styles from "./orders.module.css";

const PAGE_SIZE = 10;

/** All orders of the person, newest first; what is still open can be paid from here. */
export function OrderHistory({ onPay }: { readonly onPay: (orderId: string) => void }) {
  const t = useTranslations("billing.history");
  const [page, setPage] = useState(1);
  const query = api.billing.listOrders.useQuery(
    { page, pageSize: PAGE_SIZE },
    { placeholderData: keepPreviousData, staleTime: 0 },
  );
  const { data, isFetching, isPlaceholderData } = query;
  return (
    <Sheet title={t("title")}>
      <QueryPlaceholder query={query} failed={t("failed")} rows={3} />
      {data === undefined ? null : data.total === 0 ? (
        <p className={styles["lead"]}>{t("empty")}</p>
      ) : (
        <OrderRows
          orders={data.orders}
          isUpdating={isFetching && isPlaceholderData}
          onPay={onPay}
        />
      )}
      <ListPages page={page} pageSize={PAGE_SIZE} total={data?.total ?? 0} onChange={setPage} />
    </Sheet>
  );
}
