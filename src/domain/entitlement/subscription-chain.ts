import { addMonths } from "@/domain/time/vietnam-time.ts";
import type { PlanStart } from "./plan-starts.ts";

/** An unbroken chain of paid monthly cycles: cycle n is [anchor + n months, anchor + (n + 1) months). */
export type Chain = { readonly anchorAt: Date; readonly cycleCount: number };

/** The end of the last cycle: what is paid for. */
export function paidUntilOf({ anchorAt, cycleCount }: Chain): Date {
  return addMonths(anchorAt, cycleCount);
}

/**
 * How many cycles of a chain have begun at an instant, the running one among them; 0 before the
 * anchor. May be more than the chain has once it lapsed.
 */
export function begunCycles(anchorAt: Date, instant: Date): number {
  let count = 0;
  while (addMonths(anchorAt, count) <= instant) count += 1;
  return count;
}

/** What a paid plan order does to an organisation's cycles. */
export type OrderPlacement =
  /** Behind the cycles of the chain. */
  | { readonly kind: "append"; readonly startsAt: Date; readonly paidUntil: Date }
  /** A new chain; the cycles of the old one that have not begun move behind the bought ones. */
  | {
      readonly kind: "restart";
      readonly startsAt: Date;
      readonly paidUntil: Date;
      /** Cycles that stay with the old chain: those that have begun. */
      readonly begunCount: number;
      readonly movedCount: number;
    };

/**
 * Where the cycles of a paid order go: behind what is paid for, or at once. Nothing paid for is
 * lost. Without a chain that is still paid for they always begin at once, whatever the order says.
 * @param input.chain the chain that is paid for at `now`, or null.
 * @param input.months cycles the order pays for, >= 1.
 */
export function placeOrder(input: {
  readonly chain: Chain | null;
  readonly starts: PlanStart;
  readonly months: number;
  readonly now: Date;
}): OrderPlacement {
  const { chain, starts, months, now } = input;
  if (chain !== null && starts === "period_end") {
    const { anchorAt, cycleCount } = chain;
    return {
      kind: "append",
      startsAt: paidUntilOf(chain),
      paidUntil: addMonths(anchorAt, cycleCount + months),
    };
  }
  const cycleCount = chain?.cycleCount ?? 0;
  const begunCount = chain === null ? 0 : Math.min(cycleCount, begunCycles(chain.anchorAt, now));
  const movedCount = cycleCount - begunCount;
  return {
    kind: "restart",
    startsAt: now,
    paidUntil: addMonths(now, months + movedCount),
    begunCount,
    movedCount,
  };
}
