import { calendarMonth, cycleAt, type Period } from "./vietnam-time.ts";

/** Cycles that are paid for: the n-th ends n months after the anchor; nothing is paid beyond `paidUntil`. */
export type PaidChain = { readonly anchorAt: Date; readonly paidUntil: Date };

export type NextPeriod = Period & { readonly kind: "calendar" | "cycle" };

/**
 * The budget period to open at an instant that no period holds: the cycle of the paid chain, or the
 * calendar month of the free plan. It begins no earlier than the last period ended, so after a
 * lapse the free period runs from the lapse to the end of the month; periods never overlap.
 * @param input.paid the chain that is paid for at `now`; null on the free plan.
 * @param input.lastEndsAt the end of the period that ends last, null when there was none.
 * @returns null when the periods that exist reach beyond `now` (the clock stepped back, or somebody
 * else opened it).
 */
export function nextPeriod(input: {
  readonly now: Date;
  readonly paid: PaidChain | null;
  readonly lastEndsAt: Date | null;
}): NextPeriod | null {
  const { now, paid, lastEndsAt } = input;
  const window = paid === null ? calendarMonth(now) : paidCycle(paid, now);
  const startsAt =
    lastEndsAt !== null && lastEndsAt > window.startsAt ? lastEndsAt : window.startsAt;
  if (startsAt > now) return null;
  return { kind: paid === null ? "calendar" : "cycle", startsAt, endsAt: window.endsAt };
}

function paidCycle(paid: PaidChain, now: Date): Period {
  const cycle = cycleAt(paid.anchorAt, now);
  return cycle.endsAt > paid.paidUntil ? { ...cycle, endsAt: paid.paidUntil } : cycle;
}
