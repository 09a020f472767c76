"use client";

import { Alert, Skeleton } from "antd";
import type { ReactNode } from "react";
import { CheckoutPanel } from "./checkout-panel.tsx";
import { StartChoice } from "./start-choice.tsx";
import type { Purchase } from "./use-purchase.ts";

type PurchaseStepsProps = {
  readonly purchase: Purchase;
  /** What can be done once the money is there. */
  readonly afterPaid: ReactNode;
};

/** Where a purchase stands: choosing its start, paying, or what went wrong. */
export function PurchaseSteps({ purchase, afterPaid }: PurchaseStepsProps) {
  const { plan, orderId, pending, failure } = purchase;
  return (
    <>
      {failure === null ? null : (
        <Alert type="error" showIcon role="alert" title={failure} data-testid="order-failed" />
      )}
      {plan === null ? null : <StartChoice key={plan.planId} plan={plan} purchase={purchase} />}
      {orderId === null ? null : (
        <CheckoutPanel
          key={orderId}
          orderId={orderId}
          onReopen={purchase.open}
          onClose={purchase.close}
          afterPaid={afterPaid}
        />
      )}
      {plan === null && orderId === null && pending !== null ? (
        <Skeleton active title={false} paragraph={{ rows: 6, width: "100%" }} />
      ) : null}
    </>
  );
}
