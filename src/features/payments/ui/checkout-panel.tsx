"use client";

import { Skeleton } from "antd";
import { useTranslations } from "next-intl";
import { useEffect, useRef, type ReactNode } from "react";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { OpenOrderInput, OrderView } from "../schema.ts";
import styles from "./checkout.module.css";
import { EndedOrder, PaidOrder } from "./order-outcome.tsx";
import { OrderToPay } from "./order-to-pay.tsx";
import { useOrder } from "./use-order.ts";
import { useOrderFailureText } from "./use-order-failure-text.ts";

type CheckoutPanelProps = {
  readonly orderId: string;
  readonly onReopen: (input: OpenOrderInput) => void;
  readonly onClose: () => void;
  readonly afterPaid: ReactNode;
};

/** One order, from the QR code to the money's arrival; it turns by itself when that is known. */
export function CheckoutPanel({ orderId, onReopen, onClose, afterPaid }: CheckoutPanelProps) {
  const failureText = useOrderFailureText();
  const { data: order, error, refetch } = useOrder(orderId);
  const panel = useRef<HTMLDivElement>(null);
  useFocusAfterChange(panel, order?.state);
  if (order === undefined) {
    return error === null ? (
      <Skeleton active title={false} paragraph={{ rows: 6, width: "100%" }} />
    ) : (
      <RetryAlert title={failureText(error)} onRetry={refetch} />
    );
  }
  return (
    <div
      ref={panel}
      tabIndex={-1}
      className={styles["panel"]}
      data-testid="checkout"
      data-order-id={orderId}
      data-order-code={order.code}
      data-state={order.state}
    >
      <SpokenState order={order} />
      <OrderContent order={order} onReopen={onReopen} onClose={onClose} afterPaid={afterPaid} />
    </div>
  );
}

/** What was in focus goes away with the QR code: whoever was in the panel stays in it. */
function useFocusAfterChange(
  panel: { readonly current: HTMLDivElement | null },
  state: OrderView["state"] | undefined,
): void {
  const known = useRef(state);
  const wasInside = useRef(false);
  useEffect(() => {
    const note = (): void => {
      const { activeElement } = document;
      if (activeElement !== null && activeElement !== document.body)
        wasInside.current = panel.current?.contains(activeElement) === true;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, [panel]);
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (known.current !== undefined && known.current !== state && wasInside.current && isLost)
      panel.current?.focus({ preventScroll: true });
    known.current = state;
  }, [panel, state]);
}

/** Says each change of the order once, whatever is drawn about it. */
function SpokenState({ order }: { readonly order: OrderView }) {
  const t = useTranslations("billing.checkout.spoken");
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {t(order.state, {
        paid: formatVnd(BigInt(order.paidMicroVnd)),
        missing: formatVnd(BigInt(order.missingMicroVnd)),
      })}
    </div>
  );
}

function OrderContent(
  props: { readonly order: OrderView } & Pick<
    CheckoutPanelProps,
    "onReopen" | "onClose" | "afterPaid"
  >,
) {
  const { order, onReopen, onClose, afterPaid } = props;
  switch (order.state) {
    case "open":
    case "partially_paid":
      return <OrderToPay order={order} onClose={onClose} />;
    case "paid":
      return <PaidOrder order={order} afterPaid={afterPaid} />;
    case "expired":
    case "cancelled":
    case "refunded":
      return <EndedOrder order={order} state={order.state} onReopen={onReopen} onClose={onClose} />;
  }
}
