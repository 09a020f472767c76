"use client";

import { Skeleton } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { Sheet } from "@/components/page-frame.tsx";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import { PlanCards } from "@/features/plans/ui/plan-cards.tsx";
import { SubscriptionCard } from "@/features/plans/ui/subscription-card.tsx";
import { usePlans } from "@/features/plans/ui/use-plans.ts";
import { OrderHistory } from "./order-history.tsx";
import styles from "./orders.module.css";
import { PaymentsClosed } from "./payments-closed.tsx";
import { PurchaseSteps } from "./purchase-steps.tsx";
import { TopUpChoice } from "./top-up-choice.tsx";
import { useOrderPlace } from "./use-order-place.ts";
import { usePurchase, type Purchase } from "./use-purchase.ts";
import { useReveal } from "./use-reveal.ts";
import { useWaysToPay } from "./use-ways-to-pay.ts";

/** What the person has, can buy, is paying just now, and has bought. */
export function BillingScreen() {
  const place = useOrderPlace();
  const purchase = usePurchase(place);
  const { pending } = purchase;
  const { isClosed } = useWaysToPay();
  return (
    <>
      {isClosed ? <PaymentsClosed /> : null}
      <PlansPart
        purchase={purchase}
        isClosed={isClosed}
        pendingPlanId={pending?.kind === "plan" ? pending.planId : null}
      />
      <TopUpChoice
        pendingVnd={pending?.kind === "top_up" ? pending.amountVnd : null}
        isClosed={isClosed}
        onChoose={purchase.topUp}
      />
      <OrderHistory onPay={place.setOrderId} />
    </>
  );
}

type PlansPartProps = {
  readonly purchase: Purchase;
  readonly isClosed: boolean;
  readonly pendingPlanId: string | null;
};

function PlansPart({ purchase, isClosed, pendingPlanId }: PlansPartProps) {
  const t = useTranslations("billing");
  const { data, isError, refetch } = usePlans();
  return (
    <>
      {data === undefined ? null : <SubscriptionCard subscription={data.subscription} />}
      <PurchaseSheet purchase={purchase} />
      {data !== undefined ? (
        <PlanCards
          view={data}
          pendingPlanId={pendingPlanId}
          isClosed={isClosed}
          onChoose={purchase.buyPlan}
        />
      ) : isError ? (
        <RetryAlert title={t("failed")} onRetry={refetch} />
      ) : (
        <Sheet title={t("plans.title")}>
          <Skeleton active paragraph={{ rows: 10 }} />
        </Sheet>
      )}
    </>
  );
}

/** Comes into sight and into focus when something was chosen further down the page. */
function PurchaseSheet({ purchase }: { readonly purchase: Purchase }) {
  const t = useTranslations("billing");
  const { plan, orderId, pending, failure } = purchase;
  const isOpen = plan !== null || orderId !== null || pending !== null || failure !== null;
  const frame = useReveal(isOpen ? `${plan?.planId ?? ""} ${orderId ?? ""}` : null);
  if (!isOpen) return null;
  return (
    <div
      ref={frame}
      tabIndex={-1}
      className={styles["purchase"]}
      role="region"
      aria-label={t("checkout.title")}
      data-testid="purchase"
    >
      <Sheet title={t("checkout.title")}>
        <PurchaseSteps
          purchase={purchase}
          afterPaid={
            <Link href="/chat" prefetch={false}>
              {t("outcome.toChat")}
            </Link>
          }
        />
      </Sheet>
    </div>
  );
}
