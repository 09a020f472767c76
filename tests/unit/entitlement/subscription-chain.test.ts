import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  begunCycles,
  paidUntilOf,
  placeOrder,
  type Chain,
} from "@/domain/entitlement/subscription-chain.ts";
import { addMonths } from "@/domain/time/vietnam-time.ts";

fc.configureGlobal({ seed: 2_026 });

const at = (iso: string) => new Date(iso);
const anchorAt = at("2027-01-31T05:00:00Z");

describe("the cycles of a chain", () => {
  it.each([
    ["before its anchor", "2027-01-31T04:59:59.999Z", 0],
    ["at its anchor", "2027-01-31T05:00:00Z", 1],
    ["at the last instant of the first", "2027-02-28T04:59:59.999Z", 1],
    ["at the first instant of the second, in a shorter month", "2027-02-28T05:00:00Z", 2],
    ["on the day the third begins", "2027-03-31T05:00:00Z", 3],
  ])("that have begun %s", (_name, instant, count) => {
    expect(begunCycles(anchorAt, at(instant))).toBe(count);
  });
});

describe("a paid order", () => {
  const chain: Chain = { anchorAt, cycleCount: 3 };

  it("goes behind what is paid for", () => {
    const now = at("2027-03-05T00:00:00Z");
    expect(placeOrder({ chain, starts: "period_end", months: 1, now })).toEqual({
      kind: "append",
      startsAt: at("2027-04-30T05:00:00Z"),
      paidUntil: at("2027-05-31T05:00:00Z"),
    });
  });

  it("begins at once, and the cycles that had not begun follow behind it", () => {
    const now = at("2027-03-05T00:00:00Z");
    expect(placeOrder({ chain, starts: "now", months: 12, now })).toEqual({
      ...{ kind: "restart", startsAt: now, paidUntil: at("2028-04-05T00:00:00Z") },
      ...{ begunCount: 2, movedCount: 1 },
    });
  });

  it("begins at once where nothing is paid for, whatever it says", () => {
    const now = at("2027-03-05T00:00:00Z");
    const placed = placeOrder({ chain: null, starts: "period_end", months: 1, now });
    expect(placed).toMatchObject({ kind: "restart", startsAt: now, movedCount: 0 });
  });

  const chains = fc.record({
    anchorAt: fc.date({
      min: at("2026-01-01T00:00:00Z"),
      max: at("2031-12-31T00:00:00Z"),
      noInvalidDate: true,
    }),
    cycleCount: fc.integer({ min: 1, max: 24 }),
  });
  const part = fc.double({ min: 0, max: 0.999_999, noNaN: true });

  it("never shortens: behind it adds its months to the day, at once it loses no cycle", () => {
    fc.assert(
      fc.property(chains, part, fc.constantFrom(1, 12), (held, elapsed, months) => {
        const end = paidUntilOf(held);
        const span = end.getTime() - held.anchorAt.getTime();
        const now = new Date(held.anchorAt.getTime() + Math.floor(span * elapsed));
        const behind = placeOrder({ chain: held, starts: "period_end", months, now });
        expect(behind.startsAt).toEqual(end);
        expect(behind.paidUntil).toEqual(addMonths(held.anchorAt, held.cycleCount + months));
        expect(behind.paidUntil > end).toBe(true);

        const atOnce = placeOrder({ chain: held, starts: "now", months, now });
        if (atOnce.kind !== "restart") throw new Error("it begins a chain");
        expect(atOnce.begunCount + atOnce.movedCount).toBe(held.cycleCount);
        expect(atOnce.paidUntil).toEqual(addMonths(now, months + atOnce.movedCount));
        // The end is that of a later anchor: months differ by three days at most (28 and 31).
        expect(atOnce.paidUntil.getTime()).toBeGreaterThan(end.getTime() - 3 * 86_400_000 - 1);
      }),
      { numRuns: 3_000 },
    );
  });
});
