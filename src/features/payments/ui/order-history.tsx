"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { Alert, Button, Pagination, Skeleton } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { OrderRows } from "./order-rows.tsx";
import styles from "./orders.module.css";

const PAGE_SIZE = 10;

/** All orders of the person, newest first; what is still open can be paid from here. */
export function OrderHistory({ onPay }: { readonly onPay: (orderId: string) => void }) {
  const t = useTranslations("billing.history");
  const common = useTranslations("common");
  const [page, setPage] = useState(1);
  const { data, isError, isFetching, isPlaceholderData, refetch } = api.billing.listOrders.useQuery(
    { page, pageSize: PAGE_SIZE },
    { placeholderData: keepPreviousData, staleTime: 0 },
  );
  return (
    <Sheet title={t("title")}>
      {data === undefined && isError ? (
        <Alert
          type="error"
          showIcon
          title={t("failed")}
          action={<Button onClick={() => void refetch()}>{common("tryAgain")}</Button>}
        />
      ) : null}
      {data === undefined && !isError ? (
        <Skeleton active title={false} paragraph={{ rows: 3, width: "100%" }} />
      ) : null}
      {data === undefined ? null : data.total === 0 ? (
        <p className={styles["lead"]}>{t("empty")}</p>
      ) : (
        <OrderRows
          orders={data.orders}
          isUpdating={isFetching && isPlaceholderData}
          onPay={onPay}
        />
      )}
      {data === undefined || data.total <= PAGE_SIZE ? null : (
        <div className={styles["pages"]}>
          <Pagination
            showSizeChanger={false}
            current={page}
            pageSize={PAGE_SIZE}
            total={data.total}
            onChange={setPage}
          />
        </div>
      )}
    </Sheet>
  );
}
