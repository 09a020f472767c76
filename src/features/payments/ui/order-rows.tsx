"use client";

import { Button, Grid, Table, Tag, type TableColumnsType } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { MoneyText } from "@/components/money-text.tsx";
import { useDayText } from "@/features/plans/ui/use-day-text.ts";
import type { OrderView } from "../schema.ts";
import styles from "./orders.module.css";
import { useOrderTitle } from "./use-order-title.ts";

type OrderRowsProps = {
  readonly orders: readonly OrderView[];
  readonly isUpdating: boolean;
  readonly onPay: (orderId: string) => void;
};

const stateColors = {
  open: "processing",
  partially_paid: "warning",
  paid: "success",
  expired: "default",
  cancelled: "default",
  refunded: "default",
} as const satisfies Record<OrderView["state"], string>;

type CellProps = { readonly order: OrderView };

function StateCell({ order }: CellProps) {
  const t = useTranslations("billing.order.states");
  return <Tag color={stateColors[order.state]}>{t(order.state)}</Tag>;
}

function CodeCell({ order }: CellProps) {
  return <span className={styles["code"]}>{order.code}</span>;
}

function TimeCell({ order }: CellProps) {
  const { moment } = useDayText();
  return <time dateTime={order.createdAt}>{moment(order.createdAt)}</time>;
}

function StepCell({ order, onPay }: CellProps & Pick<OrderRowsProps, "onPay">) {
  const t = useTranslations("billing.history");
  if (order.state === "open" || order.state === "partially_paid") {
    return (
      <Button
        size="small"
        aria-label={t("payOrder", { code: order.code })}
        data-testid="pay-order"
        onClick={() => onPay(order.orderId)}
      >
        {t("pay")}
      </Button>
    );
  }
  if (order.state !== "paid" && order.state !== "refunded") return null;
  return (
    <Link
      href={`/billing/orders/${order.orderId}`}
      prefetch={false}
      aria-label={t("confirmationOf", { code: order.code })}
    >
      {t("confirmation")}
    </Link>
  );
}

function rowAttributes(order: OrderView) {
  const attributes = {
    id: `order-${order.orderId}`,
    "data-testid": "order-row",
    "data-order-id": order.orderId,
    "data-order-code": order.code,
    "data-state": order.state,
  };
  return attributes;
}

/** A table where there is room for one, else a list of cards with the same content. */
export function OrderRows(props: OrderRowsProps) {
  const { md } = Grid.useBreakpoint();
  return md === false ? <OrderCards {...props} /> : <OrderTable {...props} />;
}

function OrderTable({ orders, isUpdating, onPay }: OrderRowsProps) {
  const t = useTranslations("billing.history");
  const orderTitle = useOrderTitle();
  const columns: TableColumnsType<OrderView> = [
    { key: "time", title: t("time"), render: (_, order) => <TimeCell order={order} /> },
    { key: "what", title: t("what"), render: (_, order) => orderTitle(order) },
    { key: "code", title: t("code"), render: (_, order) => <CodeCell order={order} /> },
    {
      key: "price",
      title: t("price"),
      align: "right",
      render: (_, order) => <MoneyText microVnd={order.priceMicroVnd} testId="order-row-price" />,
    },
    {
      key: "paid",
      title: t("paid"),
      align: "right",
      render: (_, order) => <MoneyText microVnd={order.paidMicroVnd} testId="order-row-paid" />,
    },
    { key: "state", title: t("state"), render: (_, order) => <StateCell order={order} /> },
    {
      key: "step",
      title: <span className="visually-hidden">{t("step")}</span>,
      align: "right",
      render: (_, order) => <StepCell order={order} onPay={onPay} />,
    },
  ];
  return (
    <Table<OrderView>
      aria-label={t("title")}
      rowKey="orderId"
      size="middle"
      columns={columns}
      dataSource={[...orders]}
      loading={isUpdating}
      pagination={false}
      scroll={{ x: "max-content" }}
      onRow={rowAttributes}
    />
  );
}

function OrderCards({ orders, onPay }: OrderRowsProps) {
  const t = useTranslations("billing.history");
  const orderTitle = useOrderTitle();
  return (
    <ul className={styles["cards"]} aria-label={t("title")}>
      {orders.map((order) => (
        <li key={order.orderId} className={styles["card"]} {...rowAttributes(order)}>
          <b>{orderTitle(order)}</b>
          <StateCell order={order} />
          <span>
            {t("paid")} <MoneyText microVnd={order.paidMicroVnd} testId="order-row-paid" /> /{" "}
            <MoneyText microVnd={order.priceMicroVnd} testId="order-row-price" />
          </span>
          <StepCell order={order} onPay={onPay} />
          <span className={styles["faint"]}>
            <TimeCell order={order} />
          </span>
          <span className={styles["faint"]}>
            <CodeCell order={order} />
          </span>
        </li>
      ))}
    </ul>
  );
}
