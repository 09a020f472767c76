import { addMonths } from "@/domain/time/vietnam-time.ts";
import type { PlanStart } from "./plan-starts.ts";

/**
 * An unbroken chain of paid monthly cycles: cycle n is [anchor + n months, anchor + (n + 1) months).
 * Its own are the `cycleCount` ones from `firstOrdinal` on.
 */
export type Chain = {
  readonly anchorAt: Date;
  /** 0, but where the chain counts on from the anchor of the one it followed. */
  readonly firstOrdinal: number;
  readonly cycleCount: number;
};

/** When a chain began: at its anchor, or, where it counts on from an older one, later. */
export type ChainStart = { readonly anchorAt: Date; readonly startsAt: Date | null };

/** The end of the last cycle: what is paid for. */
export function paidUntilOf({ anchorAt, firstOrdinal, cycleCount }: Chain): Date {
  return addMonths(anchorAt, firstOrdinal + cycleCount);
}

/** How many months after an anchor have begun at an instant, the running one among them; 0 before it. */
function begunMonths(anchorAt: Date, instant: Date): number {
  let count = 0;
  while (addMonths(anchorAt, count) <= instant) count += 1;
  return count;
}

/** The chain with so many cycles that began like this. */
export function chainOf({ anchorAt, startsAt }: ChainStart, cycleCount: number): Chain {
  const firstOrdinal = startsAt === null ? 0 : begunMonths(anchorAt, startsAt) - 1;
  return { anchorAt, firstOrdinal, cycleCount };
}

/** How many of its cycles have begun at an instant, the running one among them; 0 before the first. */
export function begunCycles(chain: Chain, instant: Date): number {
  const begun = begunMonths(chain.anchorAt, instant) - chain.firstOrdinal;
  return Math.min(chain.cycleCount, Math.max(0, begun));
}

/** When a cycle of a chain begins: the first one with the chain. */
export function cycleStartOf({ anchorAt, startsAt }: ChainStart, ordinal: number): Date {
  const month = addMonths(anchorAt, ordinal);
  return startsAt !== null && startsAt > month ? startsAt : month;
}

/** What a paid plan order does to an organisation's cycles. */
export type OrderPlacement =
  /** Behind the cycles of the chain. */
  | { readonly kind: "append"; readonly startsAt: Date; readonly chain: Chain }
  /** A new chain; the cycles of the old one that have not begun move behind the bought ones. */
  | {
      readonly kind: "restart";
      readonly startsAt: Date;
      readonly chain: Chain;
      /** Cycles that stay with the old chain: those that have begun. */
      readonly begunCount: number;
      readonly movedCount: number;
    };

/**
 * Where the cycles of a paid order go: behind what is paid for, or at once. Nothing paid for is
 * lost, and what is paid for never ends sooner. Without a chain that is still paid for they always
 * begin at once, whatever the order says.
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
    const cycleCount = chain.cycleCount + months;
    return { kind: "append", startsAt: paidUntilOf(chain), chain: { ...chain, cycleCount } };
  }
  const begunCount = chain === null ? 0 : begunCycles(chain, now);
  const movedCount = (chain?.cycleCount ?? 0) - begunCount;
  const fresh = { anchorAt: now, firstOrdinal: 0, cycleCount: months + movedCount };
  const isShorter = chain !== null && paidUntilOf(fresh) < paidUntilOf(chain);
  return {
    kind: "restart",
    startsAt: now,
    chain: isShorter ? countOn(chain, { begunCount, cycleCount: fresh.cycleCount }) : fresh,
    begunCount,
    movedCount,
  };
}

/**
 * A new chain inside the month of an old one's running cycle, counted from the old anchor. Months
 * differ: bought on 28 February inside the cycle [28 February, 31 March) of an anchor on the 31st, a
 * month counted anew would end on 28 March, before what was paid for already.
 */
function countOn(
  chain: Chain,
  counts: { readonly begunCount: number; readonly cycleCount: number },
): Chain {
  return {
    anchorAt: chain.anchorAt,
    firstOrdinal: chain.firstOrdinal + counts.begunCount - 1,
    cycleCount: counts.cycleCount,
  };
}
