"use client";

import { Segmented } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Sheet } from "@/components/page-frame.tsx";
import type { PlanCardView, PlansView } from "../schema.ts";
import { PlanCard } from "./plan-card.tsx";
import styles from "./plan-cards.module.css";
import { plansOf, yearlySavingMicroVnd, type Billing } from "./plan-offers.ts";

type PlanCardsProps = {
  readonly view: PlansView;
  /** The plan whose order is being made. */
  readonly pendingPlanId: string | null;
  /** Nothing can be paid at present. */
  readonly isClosed: boolean;
  readonly onChoose: (plan: PlanCardView) => void;
};

/** The plans on offer by month or by year: what each costs, buys, and when it would begin. */
export function PlanCards({ view, pendingPlanId, isClosed, onChoose }: PlanCardsProps) {
  const t = useTranslations("billing.plans");
  const { plans, subscription, averagesOf } = view;
  const [billing, setBilling] = useState<Billing>(
    subscription.billing === "yearly" ? "yearly" : "monthly",
  );
  return (
    <Sheet
      title={t("title")}
      extra={
        <Segmented<Billing>
          aria-label={t("billing")}
          value={billing}
          onChange={setBilling}
          options={[
            { value: "monthly", label: t("monthly") },
            { value: "yearly", label: t("yearly") },
          ]}
        />
      }
    >
      <ul className={styles["cards"]}>
        {plansOf(plans, billing).map((plan) => (
          <PlanCard
            key={plan.planId}
            plan={plan}
            isPaying={subscription.state !== "free"}
            savingMicroVnd={yearlySavingMicroVnd(plan, plans)}
            isPending={pendingPlanId === plan.planId}
            isClosed={isClosed}
            onChoose={onChoose}
          />
        ))}
      </ul>
      <p className={styles["note"]}>
        {averagesOf > 0 ? t("averages", { count: averagesOf }) : t("noAverages")} {t("noRenewal")}
      </p>
    </Sheet>
  );
}
