"use client";

import { Alert, Button, Space } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import type { CheckoutProvider } from "../schema.ts";
import styles from "./checkout.module.css";
import { useOrderFailureText } from "./use-order-failure-text.ts";

type HostedCheckoutsProps = {
  readonly orderId: string;
  readonly checkouts: readonly CheckoutProvider[];
};

/**
 * Payment pages of other houses. The browser leaves for them and comes back to the order, which
 * turns when the money is known here.
 */
export function HostedCheckouts({ orderId, checkouts }: HostedCheckoutsProps) {
  const t = useTranslations("billing.hosted");
  const failureText = useOrderFailureText();
  const opening = api.billing.openCheckout.useMutation({
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const failure = opening.error;
  const isTheirs =
    failure?.data?.domain === "provider_failed" ||
    failure?.data?.domain === "provider_not_configured";
  return (
    <div className={styles["hosted"]} data-testid="hosted-checkouts">
      <p className={styles["faint"]}>{t("lead")}</p>
      <Space wrap>
        {checkouts.map((provider) => (
          <Button
            key={provider}
            disabled={opening.isPending && opening.variables.provider !== provider}
            loading={opening.isPending && opening.variables.provider === provider}
            data-testid={`pay-by-${provider}`}
            onClick={() => opening.mutate({ orderId, provider })}
          >
            {t(provider)}
          </Button>
        ))}
      </Space>
      {failure === null ? null : (
        <Alert
          type="error"
          showIcon
          role="alert"
          data-testid="hosted-failed"
          title={isTheirs ? t("failed") : failureText(failure)}
        />
      )}
    </div>
  );
}
