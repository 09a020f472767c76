"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";
import type { PlanCardView } from "../schema.ts";
import { roundedAnswers } from "./plan-offers.ts";

const grouped = new Intl.NumberFormat("vi-VN");

/** About how many answers a month's budget buys; null where there are too few to average. */
export function useAnswersText(): (answers: PlanCardView["answers"]) => string | null {
  const t = useTranslations("billing.plans");
  return useCallback(
    (answers) =>
      answers === null
        ? null
        : t("answers", {
            simple: grouped.format(roundedAnswers(answers.simple)),
            complex: grouped.format(roundedAnswers(answers.complex)),
          }),
    [t],
  );
}
