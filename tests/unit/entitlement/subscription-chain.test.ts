import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  begunCycles,
  chainOf,
  cycleStartOf,
  paidUntilOf,
  placeOrder,
  type Chain,
} from "@/domain/entitlement/subscription-chain.ts";
import type { PlanStart } from "@/domain/entitlement/plan-starts.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";

fc.configureGlobal({ seed: 2_026 });

const DAY_MS = 86_400_000;
const at = (iso: string) => new Date(iso);
const anchorAt = at("2027-01-31T05:00:00Z");
const startsAt = at("2027-02-28T06:00:00Z");
const fromFirst = (cycleCount: number): Chain => ({ anchorAt, firstOrdinal: 0, cycleCount });

describe("the cycles of a chain", () => {
  it.each([
    ["before its anchor", "2027-01-31T04:59:59.999Z", 0],
    ["at its anchor", "2027-01-31T05:00:00Z", 1],
    ["at the last instant of the first", "2027-02-28T04:59:59.999Z", 1],
    ["at the first instant of the second, in a shorter month", "2027-02-28T05:00:00Z", 2],
    ["on the day the third begins", "2027-03-31T05:00:00Z", 3],
  ])("that have begun %s", (_name, instant, count) => {
    expect(begunCycles(fromFirst(3), at(instant))).toBe(count);
  });

  it("that have begun are never more than it has", () => {
    expect(begunCycles(fromFirst(2), at("2028-01-01T00:00:00Z"))).toBe(2);
  });

  it("of one that counts on from an older anchor begin with it, in that anchor's month", () => {
    const chain = chainOf({ anchorAt, startsAt }, 2);
    expect(chain).toEqual({ anchorAt, firstOrdinal: 1, cycleCount: 2 });
    expect(paidUntilOf(chain)).toEqual(at("2027-04-30T05:00:00Z"));
    expect([0, 1].map((index) => cycleStartOf({ anchorAt, startsAt }, 1 + index))).toEqual([
      startsAt,
      at("2027-03-31T05:00:00Z"),
    ]);
    const begun = ["2027-02-28T06:00:00Z", "2027-03-31T04:59:59.999Z", "2027-03-31T05:00:00Z"];
    expect(begun.map((instant) => begunCycles(chain, at(instant)))).toEqual([1, 1, 2]);
  });
});

describe("a paid order", () => {
  const chain = fromFirst(3);

  it("goes behind what is paid for", () => {
    const now = at("2027-03-05T00:00:00Z");
    expect(placeOrder({ chain, starts: "period_end", months: 1, now })).toEqual({
      kind: "append",
      startsAt: at("2027-04-30T05:00:00Z"),
      chain: fromFirst(4),
    });
  });

  it("begins at once, and the cycles that had not begun follow behind it", () => {
    const now = at("2027-03-05T00:00:00Z");
    expect(placeOrder({ chain, starts: "now", months: 12, now })).toEqual({
      ...{ kind: "restart", startsAt: now, begunCount: 2, movedCount: 1 },
      chain: { anchorAt: now, firstOrdinal: 0, cycleCount: 13 },
    });
  });

  it.each([
    ["in a short month, of an anchor on the 31st", "2027-01-31T05:00:00Z", "2027-02-28T06:00:00Z"],
    ["before a short month, earlier in the day", "2027-01-28T05:00:00Z", "2027-01-31T04:00:00Z"],
  ])("that would end sooner counted anew counts on: %s", (_name, anchor, instant) => {
    const held = chainOf({ anchorAt: at(anchor), startsAt: null }, anchor.includes("31T") ? 2 : 1);
    const placed = placeOrder({ chain: held, starts: "now", months: 1, now: at(instant) });
    expect(placed).toMatchObject({ kind: "restart", startsAt: at(instant), movedCount: 0 });
    expect(placed.chain.anchorAt).toEqual(at(anchor));
    expect(paidUntilOf(placed.chain)).toEqual(paidUntilOf(held));
  });

  it("begins at once where nothing is paid for, whatever it says", () => {
    const now = at("2027-03-05T00:00:00Z");
    const placed = placeOrder({ chain: null, starts: "period_end", months: 1, now });
    expect(placed).toMatchObject({ kind: "restart", startsAt: now, movedCount: 0 });
  });

  // Half of the chains begin at a month's end, and orders come early in a cycle, where months differ.
  const chains = fc.record({
    month: fc.integer({ min: 0, max: 71 }),
    day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 29, max: 31 })),
    timeMs: fc.integer({ min: 0, max: DAY_MS - 1 }),
    cycleCount: fc.integer({ min: 1, max: 24 }),
  });
  const orders = fc.array(
    fc.record({
      starts: fc.constantFrom<PlanStart>("now", "period_end"),
      months: fc.constantFrom(1, 1, 12),
      monthsOn: fc.integer({ min: 0, max: 14 }),
      afterMs: fc.oneof(
        fc.integer({ min: 0, max: DAY_MS / 4 }),
        fc.integer({ min: 0, max: 3 * DAY_MS }),
        fc.integer({ min: 0, max: 31 * DAY_MS }),
      ),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it("never shortens what is paid for and loses no cycle, however many follow each other", () => {
    let countedOn = 0;
    fc.assert(
      fc.property(chains, orders, ({ month, day, timeMs, cycleCount }, all) => {
        const lastDay = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate();
        const anchor = new Date(Date.UTC(2026, month, Math.min(day, lastDay)) + timeMs);
        let held: Chain = { anchorAt: anchor, firstOrdinal: 0, cycleCount };
        let begins = anchor;
        let now = anchor;
        for (const { starts, months, monthsOn, afterMs } of all) {
          const cycle = addMonths(held.anchorAt, held.firstOrdinal + monthsOn).getTime();
          now = new Date(Math.max(now.getTime(), cycle + afterMs));
          const end = paidUntilOf(held);
          const isPaid = end > now;
          const placed = placeOrder({ chain: isPaid ? held : null, starts, months, now });
          const { chain: next } = placed;
          if (placed.kind === "append") {
            expect(placed.startsAt).toEqual(end);
            expect(paidUntilOf(next)).toEqual(
              addMonths(held.anchorAt, held.firstOrdinal + held.cycleCount + months),
            );
            expect(paidUntilOf(next) > end).toBe(true);
          } else {
            expect(placed.begunCount + placed.movedCount).toBe(isPaid ? held.cycleCount : 0);
            expect(placed.begunCount > 0).toBe(isPaid);
            expect(next.cycleCount).toBe(months + placed.movedCount);
            expect(paidUntilOf(next) >= end).toBe(true);
            expect(paidUntilOf(next) >= addMonths(now, next.cycleCount)).toBe(true);
            const isOn = next.anchorAt < now;
            if (isOn) countedOn += 1;
            begins = now;
            expect(chainOf({ anchorAt: next.anchorAt, startsAt: now }, next.cycleCount)).toEqual(
              next,
            );
          }
          expect(begunCycles(next, begins)).toBe(1);
          held = next;
        }
      }),
      { numRuns: 3_000 },
    );
    expect(countedOn).toBeGreaterThan(20);
  });
});
