"use client";

import { useFormatter, useLocale } from "next-intl";
import { useCallback } from "react";

/** Days and instants as the billing screens write them, Vietnam's time. */
export function useDayText(): {
  readonly day: (iso: string) => string;
  readonly moment: (iso: string) => string;
} {
  const format = useFormatter();
  // Names of months only where numbers would be read two ways.
  const month = useLocale() === "vi" ? "numeric" : "short";
  const day = useCallback(
    (iso: string) => format.dateTime(new Date(iso), { day: "numeric", month, year: "numeric" }),
    [format, month],
  );
  const moment = useCallback(
    (iso: string) => {
      const time = format.dateTime(new Date(iso), {
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
      return `${time} ${day(iso)}`;
    },
    [day, format],
  );
  return { day, moment };
}
