"use client";

import { CheckCircleFilled } from "@ant-design/icons";
import { Alert, Button, Space } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { microVndToVndFloor } from "@/domain/money/vnd.ts";
import type { OpenOrderInput, OrderView } from "../schema.ts";
import styles from "./checkout.module.css";
import { OrderStart } from "./order-start.tsx";
import { useOrderTitle } from "./use-order-title.ts";

type PaidOrderProps = { readonly order: OrderView; readonly afterPaid: ReactNode };

/** The money is there: what it did, and what can be done now. */
export function PaidOrder({ order, afterPaid }: PaidOrderProps) {
  const t = useTranslations("billing.outcome");
  const orderTitle = useOrderTitle();
  const surplus = BigInt(order.surplusMicroVnd);
  return (
    <div className={styles["paid"]} data-testid="order-paid">
      <p className={styles["paidTitle"]}>
        <CheckCircleFilled aria-hidden />{" "}
        {t("paid", { amount: formatVnd(BigInt(order.paidMicroVnd)) })}
      </p>
      <p>{orderTitle(order)}</p>
      <OrderStart order={order} />
      {surplus > 0n ? <p>{t("surplus", { amount: formatVnd(surplus) })}</p> : null}
      <Space wrap size="middle">
        {afterPaid}
        <Link href={`/billing/orders/${order.orderId}`} prefetch={false}>
          {t("confirmation")}
        </Link>
      </Space>
    </div>
  );
}

/** The same once more, as it was asked for. */
function againInput(order: OrderView): OpenOrderInput | null {
  if (order.kind === "top_up") {
    const amountVnd = Number(microVndToVndFloor(BigInt(order.priceMicroVnd)));
    return { kind: "top_up", amountVnd };
  }
  if (order.planId === null) return null;
  return { kind: "plan", planId: order.planId, starts: order.starts ?? "now" };
}

type EndedOrderProps = {
  readonly order: OrderView;
  readonly state: "expired" | "cancelled" | "refunded";
  readonly onReopen: (input: OpenOrderInput) => void;
  readonly onClose: () => void;
};

/** An order that can no longer be paid; money already on its way is not lost. */
export function EndedOrder({ order, state, onReopen, onClose }: EndedOrderProps) {
  const t = useTranslations("billing.outcome");
  const orderTitle = useOrderTitle();
  const again = againInput(order);
  const paid = BigInt(order.paidMicroVnd);
  const sentences = [
    `${orderTitle(order)}.`,
    ...(paid > 0n ? [t("kept", { amount: formatVnd(paid) })] : []),
    t(`${state}.text`),
  ];
  return (
    <>
      <Alert
        type={state === "refunded" ? "info" : "warning"}
        showIcon
        title={t(`${state}.title`)}
        description={sentences.join(" ")}
        data-testid="order-ended"
      />
      <Space wrap className={styles["buttons"] ?? ""}>
        {again === null || state === "refunded" ? null : (
          <Button type="primary" data-testid="order-again" onClick={() => onReopen(again)}>
            {t("again")}
          </Button>
        )}
        <Button onClick={onClose}>{t("close")}</Button>
      </Space>
    </>
  );
}
