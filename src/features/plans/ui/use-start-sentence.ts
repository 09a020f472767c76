"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { formatVndLeft } from "@/domain/money/format-vnd.ts";
import type { PlanCardView } from "../schema.ts";
import { useDayText } from "./use-day-text.ts";

export type PlanStart = PlanCardView["starts"][number];

/** When a plan would begin if it were paid now, and what happens to what is left. */
export function useStartSentence(): (start: PlanStart) => string {
  const t = useTranslations("billing.start");
  const { day } = useDayText();
  return useCallback(
    ({ starts, startsAt, carryMicroVnd }) => {
      if (starts === "period_end") return t("periodEnd", { date: day(startsAt) });
      const carry = BigInt(carryMicroVnd);
      return carry > 0n ? t("nowWithCarry", { carry: formatVndLeft(carry) }) : t("now");
    },
    [day, t],
  );
}
