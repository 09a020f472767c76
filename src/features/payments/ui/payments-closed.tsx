"use client";

import { Alert } from "antd";
import { useTranslations } from "next-intl";

/** Said before anything is chosen: nothing can be paid here at present. */
export function PaymentsClosed() {
  const t = useTranslations("billing.closed");
  return (
    <div role="status" data-testid="payments-closed">
      <Alert type="info" showIcon title={t("title")} description={t("text")} />
    </div>
  );
}
