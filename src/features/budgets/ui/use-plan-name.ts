"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";

const knownPlans = ["free", "starter", "premium", "ultimate"] as const;

/** What people call a plan. Plan ids are data; those without a name of ours show themselves. */
export function usePlanName(): (planId: string) => string {
  const t = useTranslations("usage.budget.plans");
  return useCallback(
    (planId) => {
      const known = knownPlans.find((plan) => plan === planId);
      return known === undefined ? t("other", { plan: planId }) : t(known);
    },
    [t],
  );
}
