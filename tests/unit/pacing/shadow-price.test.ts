import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shadowPrice } from "@/domain/pacing/shadow-price.ts";
import type { PacingFacts } from "@/domain/routing/turn-facts.ts";

fc.configureGlobal({ seed: 2_026 });

const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;
const parameters = { kind: "linear", queriesPerDay: 8, qualityPerAllowance: 0.1 } as const;

const facts = (parts: Partial<PacingFacts> = {}): PacingFacts => ({
  startsAtMs: 0,
  endsAtMs: MONTH_MS,
  nowMs: 0,
  limitMicroVnd: 5_000_000_000n,
  usedMicroVnd: 0n,
  reservedMicroVnd: 0n,
  isSoftLandingOn: true,
  ...parts,
});
const lambda = (parts: Partial<PacingFacts> = {}) => shadowPrice(facts(parts), parameters);

describe("the shadow price", () => {
  it("is the quality an allowance must bring, over the allowance of one question", () => {
    expect(lambda()).toBeCloseTo(0.1 / (5_000_000_000 / 240), 15);
  });

  it.each([
    ["everything is used", { usedMicroVnd: 5_000_000_000n }],
    ["the rest is reserved", { usedMicroVnd: 4_000_000_000n, reservedMicroVnd: 1_000_000_000n }],
    ["more than everything is used", { usedMicroVnd: 6_000_000_000n }],
    ["there was never a budget", { limitMicroVnd: 0n }],
    [
      "all is used and the landing is hard",
      { usedMicroVnd: 5_000_000_000n, isSoftLandingOn: false },
    ],
  ] satisfies [string, Partial<PacingFacts>][])("is endless when %s", (_name, parts) => {
    expect(lambda(parts)).toBe(Infinity);
  });

  const money = fc.bigInt({ min: 0n, max: 4_999_999_999n });
  const time = fc.nat({ max: MONTH_MS });

  it("rises with every đồng spent or reserved", () => {
    fc.assert(
      fc.property(money, money, time, (a, b, nowMs) => {
        fc.pre(a !== b);
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(lambda({ usedMicroVnd: more, nowMs })).toBeGreaterThan(
          lambda({ usedMicroVnd: less, nowMs }),
        );
        const reserved = lambda({ reservedMicroVnd: more, nowMs });
        expect(reserved).toBe(lambda({ usedMicroVnd: more, nowMs }));
      }),
    );
  });

  it("falls as time passes with money unspent, until the last half day", () => {
    fc.assert(
      fc.property(money, time, time, (usedMicroVnd, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const [before, after] = [early, late].map((nowMs) => lambda({ usedMicroVnd, nowMs }));
        expect(after).toBeLessThanOrEqual(before ?? 0);
        if (late <= MONTH_MS - DAY_MS / 2 && early < late) expect(after).toBeLessThan(before ?? 0);
      }),
    );
  });

  it("keeps a few questions in mind to the last second, so none may spend everything", () => {
    expect(lambda({ nowMs: MONTH_MS - 1 })).toBeCloseTo(0.1 / (5_000_000_000 / 4), 15);
    expect(lambda({ nowMs: MONTH_MS + DAY_MS })).toBe(lambda({ nowMs: MONTH_MS }));
  });

  it("is the same at the same pace: what is spent follows the time that is gone", () => {
    const half = lambda({ usedMicroVnd: 2_500_000_000n, nowMs: MONTH_MS / 2 });
    expect(half / lambda()).toBeCloseTo(1, 12);
  });

  it("is flat with the soft landing off, as long as anything is left", () => {
    fc.assert(
      fc.property(money, time, (usedMicroVnd, nowMs) => {
        const flat = lambda({ usedMicroVnd, nowMs, isSoftLandingOn: false });
        return flat === lambda({ isSoftLandingOn: false });
      }),
    );
  });

  it("is never negative and never without a value, whatever the clock says", () => {
    const anyTime = fc.integer({ min: -MONTH_MS, max: 3 * MONTH_MS });
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), anyTime, fc.boolean(), (limit, used, nowMs, soft) => {
        const value = lambda({
          limitMicroVnd: limit,
          usedMicroVnd: used,
          nowMs,
          isSoftLandingOn: soft,
        });
        expect(value >= 0).toBe(true);
        expect(lambda({ endsAtMs: 0, nowMs }) >= 0).toBe(true);
      }),
    );
  });
});
