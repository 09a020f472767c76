"use client";

import { CalendarOutlined } from "@ant-design/icons";
import { useTranslations } from "next-intl";
import { useDayText } from "@/features/plans/ui/use-day-text.ts";
import type { OrderView } from "../schema.ts";
import styles from "./checkout.module.css";

/** When what is bought begins: as things stand before it is paid, as it was afterwards. */
export function OrderStart({ order }: { readonly order: OrderView }) {
  const t = useTranslations("billing.order");
  const { day } = useDayText();
  const { kind, starts, startsAt, state } = order;
  const isDone = state === "paid";
  const date = startsAt === null ? "" : day(startsAt);
  const sentence = (): string => {
    if (kind === "top_up") return t(isDone ? "toppedUp" : "topUpStarts");
    if (isDone) return t("started", { date });
    return starts === "period_end" ? t("startsLater", { date }) : t("startsNow");
  };
  return (
    <p className={styles["faint"]} data-testid="order-start" data-starts={starts ?? "top_up"}>
      <CalendarOutlined aria-hidden /> {sentence()}
    </p>
  );
}
