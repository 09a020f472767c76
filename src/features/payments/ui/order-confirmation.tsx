"use client";

import { PrinterOutlined } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import { useOrderFailureText } from "./use-order-failure-text.ts";
import { ConfirmationSheet } from "./confirmation-sheet.tsx";
import styles from "./confirmation.module.css";

/** The confirmation of one paid order, on screen and on paper. */
export function OrderConfirmation({ orderId }: { readonly orderId: string }) {
  const t = useTranslations("billing.confirmation");
  const failureText = useOrderFailureText();
  const { data, error, refetch } = api.billing.getConfirmation.useQuery({ orderId });
  return (
    <>
      <div className={styles["tools"]}>
        <Link href="/billing" prefetch={false}>
          {t("back")}
        </Link>
        {data === undefined ? null : (
          <Button
            icon={<PrinterOutlined aria-hidden />}
            data-testid="print"
            onClick={() => window.print()}
          >
            {t("print")}
          </Button>
        )}
      </div>
      {data === undefined && error === null ? (
        <Sheet title={t("title")}>
          <Skeleton active paragraph={{ rows: 8 }} />
        </Sheet>
      ) : null}
      {data === undefined && error !== null ? (
        <RetryAlert
          type="warning"
          title={error.data?.domain === "state_conflict" ? t("notPaid") : failureText(error)}
          onRetry={refetch}
        />
      ) : null}
      {data === undefined ? null : <ConfirmationSheet confirmation={data} />}
    </>
  );
}
