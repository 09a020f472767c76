"use client";

import { WarningOutlined } from "@ant-design/icons";
import { Tag } from "antd";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import type { PlanTermsView } from "../schema.ts";
import { hasMargin } from "./plan-terms-values.ts";
import styles from "./plan-terms.module.css";

const knownTiers = ["free", "starter", "premium", "ultimate"] as const;

/** What people call a plan, with how it is paid. */
export function usePlanTitle(): (plan: Pick<PlanTermsView, "tier" | "billing">) => string {
  const t = useTranslations("finance.plans");
  return useCallback(
    ({ tier, billing }) => {
      const known = knownTiers.find((name) => name === tier);
      const name = known === undefined ? tier : t(`tiers.${known}`);
      return billing === "none" ? name : `${name}, ${t(`billings.${billing}`)}`;
    },
    [t],
  );
}

/** What is left of the price when the whole budget is used; a warning in words where nothing is. */
export function MarginCell({ plan }: { readonly plan: PlanTermsView }) {
  const t = useTranslations("finance.plans");
  return (
    <span className={styles["margin"]}>
      <MoneyText microVnd={plan.marginMicroVnd} testId="plan-margin" />
      {plan.billing === "none" ? (
        <small className={styles["faint"]}>{t("freeCost")}</small>
      ) : hasMargin(plan) ? null : (
        <Tag color="warning" icon={<WarningOutlined aria-hidden />} data-testid="no-margin">
          {t("noMargin")}
        </Tag>
      )}
    </span>
  );
}

export function SaleTag({ plan }: { readonly plan: PlanTermsView }) {
  const t = useTranslations("finance.plans");
  return (
    <Tag color={plan.enabled ? "success" : "default"}>{t(plan.enabled ? "onSale" : "offSale")}</Tag>
  );
}
