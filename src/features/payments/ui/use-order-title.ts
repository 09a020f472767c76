"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import type { OrderView } from "../schema.ts";

type Titled = Pick<OrderView, "kind" | "tier" | "planId" | "billing" | "priceMicroVnd">;

/** What an order is for, in a few words. */
export function useOrderTitle(): (order: Titled) => string {
  const t = useTranslations("billing.order");
  const planName = usePlanName();
  return useCallback(
    (order) =>
      order.kind === "top_up"
        ? t("topUp", { amount: formatVnd(BigInt(order.priceMicroVnd)) })
        : t("plan", {
            plan: planName(order.tier ?? order.planId ?? ""),
            billing: order.billing ?? "other",
          }),
    [planName, t],
  );
}
