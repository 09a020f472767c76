"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useState } from "react";
import { dayOf } from "@/domain/time/vietnam-time.ts";

const DAY = /^20\d{2}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

function isDay(text: string | null): text is string {
  if (text === null || !DAY.test(text)) return false;
  const instant = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text);
}

/** The day as the address has it (`?day=2026-11-20`); what is no day counts as today in Vietnam. */
export function useReconciliationDay(): {
  readonly day: string;
  readonly today: string;
  readonly choose: (day: string) => void;
  /** Days before (negative) or after. */
  readonly move: (days: number) => void;
} {
  const search = useSearchParams();
  const [today] = useState(() => dayOf(new Date()));
  const named = search.get("day");
  const day = isDay(named) ? named : today;
  const choose = useCallback((next: string) => {
    if (!isDay(next)) return;
    window.history.pushState(null, "", `${window.location.pathname}?day=${next}`);
  }, []);
  const move = useCallback(
    (days: number) => {
      const instant = new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
      choose(instant.toISOString().slice(0, 10));
    },
    [day, choose],
  );
  return { day, today, choose, move };
}
