"use client";

import { ClockCircleOutlined } from "@ant-design/icons";
import { useTranslations } from "next-intl";
import { useSecondsUntil } from "@/components/use-seconds-until.ts";
import styles from "./checkout.module.css";

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

const twoDigits = (count: number): string => String(count).padStart(2, "0");

/** How long the order holds, by this device's clock; the server has the last word. Not spoken. */
export function TimeLeft({ expiresAt }: { readonly expiresAt: string }) {
  const t = useTranslations("billing.checkout");
  const seconds = useSecondsUntil(Date.parse(expiresAt));
  const hours = Math.floor(seconds / HOUR_SECONDS);
  const minutes = Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS);
  const rest = twoDigits(seconds % MINUTE_SECONDS);
  return (
    <p className={styles["faint"]} role="timer" aria-live="off" data-testid="time-left">
      <ClockCircleOutlined aria-hidden />{" "}
      <span className="money">
        {seconds === 0
          ? t("timeOver")
          : hours > 0
            ? t("hoursLeft", { hours, minutes: twoDigits(minutes) })
            : t("minutesLeft", { minutes, seconds: rest })}
      </span>
    </p>
  );
}
