"use client";

import { Alert, Button, Space } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import { MoneyText } from "@/components/money-text.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { CheckoutProvider, OrderView } from "../schema.ts";
import styles from "./checkout.module.css";
import { HostedCheckouts } from "./hosted-checkouts.tsx";
import { OrderStart } from "./order-start.tsx";
import { TimeLeft } from "./time-left.tsx";
import { TransferDetails } from "./transfer-details.tsx";
import { useOrderFailureText } from "./use-order-failure-text.ts";
import { useWaysToPay } from "./use-ways-to-pay.ts";
import { useOrderTitle } from "./use-order-title.ts";

type OrderToPayProps = { readonly order: OrderView; readonly onClose: () => void };

/** What is bought, when it begins, how long the price holds, and how to pay it. */
export function OrderToPay({ order, onClose }: OrderToPayProps) {
  const t = useTranslations("billing.checkout");
  const orderTitle = useOrderTitle();
  const { checkouts, isClosed } = useWaysToPay();
  return (
    <>
      <div className={styles["summary"]}>
        <p className={styles["what"]}>
          <span>{orderTitle(order)}</span>
          {order.kind === "plan" ? <MoneyText microVnd={order.priceMicroVnd} /> : null}
        </p>
        <OrderStart order={order} />
        <TimeLeft expiresAt={order.expiresAt} />
      </div>
      {order.state === "partially_paid" ? <Missing order={order} /> : null}
      {isClosed ? (
        <Alert type="warning" showIcon title={t("noTransfer")} />
      ) : (
        <WaysToPay order={order} checkouts={checkouts} />
      )}
      <Buttons order={order} onClose={onClose} />
    </>
  );
}

type WaysToPayProps = {
  readonly order: OrderView;
  readonly checkouts: readonly CheckoutProvider[];
};

/** Our own QR, and the payment pages of whoever else is set up. */
function WaysToPay({ order, checkouts }: WaysToPayProps) {
  const t = useTranslations("billing.checkout");
  return (
    <>
      {order.transfer === null ? null : <TransferDetails transfer={order.transfer} />}
      {checkouts.length === 0 ? null : (
        <HostedCheckouts orderId={order.orderId} checkouts={checkouts} />
      )}
      <p className={styles["waiting"]}>
        <span className={styles["pulse"]} aria-hidden /> {t("waiting")}
      </p>
    </>
  );
}

function Missing({ order }: { readonly order: OrderView }) {
  const t = useTranslations("billing.checkout");
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="order-missing"
      title={t("missingTitle", { missing: formatVnd(BigInt(order.missingMicroVnd)) })}
      description={t("missingText", {
        paid: formatVnd(BigInt(order.paidMicroVnd)),
        price: formatVnd(BigInt(order.priceMicroVnd)),
      })}
    />
  );
}

/** Leaving keeps the order; only one that nothing came for can be given up. */
function Buttons({ order, onClose }: OrderToPayProps) {
  const t = useTranslations("billing.checkout");
  const failureText = useOrderFailureText();
  const utils = api.useUtils();
  const cancel = api.billing.cancelOrder.useMutation({
    onSuccess: () => {
      onClose();
      void utils.billing.listOrders.invalidate();
      void utils.billing.getOrder.invalidate({ orderId: order.orderId });
    },
  });
  return (
    <>
      <Space wrap className={styles["buttons"] ?? ""}>
        <Button onClick={onClose} data-testid="pay-later">
          {t("later")}
        </Button>
        {order.state === "open" ? (
          <Button
            type="text"
            loading={cancel.isPending}
            data-testid="cancel-order"
            onClick={() => cancel.mutate({ orderId: order.orderId })}
          >
            {t("cancel")}
          </Button>
        ) : null}
      </Space>
      {cancel.error === null ? null : (
        <Alert type="error" showIcon role="alert" title={failureText(cancel.error)} />
      )}
    </>
  );
}
