import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clearingPrice, type Lot, type Offer } from "@/domain/pacing/clearing-price.ts";

fc.configureGlobal({ seed: 2_026 });

/** Steps up: 0.2 for 10 (worth 0.02 each), then 0.1 for 20 (worth 0.005 each). */
const ladder: readonly Offer[] = [
  { quality: 0.5, cost: 10 },
  { quality: 0.7, cost: 20 },
  { quality: 0.8, cost: 40 },
];

describe("the clearing price", () => {
  it.each([
    ["below the cheapest", 5, 0.02],
    ["the cheapest alone", 100, 0.02],
    ["not quite the first step of all", 199, 0.02],
    ["the first step of all", 200, 0.005],
    ["not quite the best of all", 399, 0.005],
    ["the best of all", 400, 0],
  ])("with money for %s is that of the step it cannot pay in full", (_name, budget, price) => {
    expect(clearingPrice([{ questions: 10, offers: ladder }], budget)).toBeCloseTo(price, 12);
  });

  it("passes over offers that no price would choose", () => {
    const offers = [
      ...ladder,
      { quality: 0.6, cost: 30 },
      { quality: 0.71, cost: 30 },
      { quality: 0.8, cost: 60 },
    ];
    for (const budget of [5, 150, 250, 400]) {
      const plain = clearingPrice([{ questions: 10, offers: ladder }], budget);
      expect(clearingPrice([{ questions: 10, offers: offers.toReversed() }], budget)).toBe(plain);
    }
  });

  it("lets the questions that gain most have the money first", () => {
    const easy = { questions: 10, offers: [ladder[0], { quality: 0.55, cost: 20 }] as Offer[] };
    const hard = { questions: 10, offers: [ladder[0], { quality: 0.9, cost: 20 }] as Offer[] };
    expect(clearingPrice([easy, hard], 300)).toBeCloseTo(0.005, 12);
    expect(clearingPrice([easy, hard], 299)).toBeCloseTo(0.04, 12);
  });

  it("is zero where nothing is asked or nothing is offered", () => {
    expect(clearingPrice([], 0)).toBe(0);
    expect(clearingPrice([{ questions: 3, offers: [] }], 0)).toBe(0);
  });

  const offer = fc.record({
    quality: fc.double({ min: 0, max: 1, noNaN: true }),
    cost: fc.nat({ max: 1_000 }),
  });
  const lots = fc.array(
    fc.record({
      questions: fc.double({ min: 0.01, max: 50, noNaN: true }),
      offers: fc.array(offer, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const budget = fc.double({ min: 0, max: 100_000, noNaN: true });

  /** What all spend at a price: the best of each, the cheaper of equals. */
  const spentAt = (all: readonly Lot[], price: number) =>
    all.reduce((sum, { questions, offers }) => {
      const [best] = [...offers].sort(
        (a, b) => b.quality - price * b.cost - (a.quality - price * a.cost) || a.cost - b.cost,
      );
      return sum + questions * (best?.cost ?? 0);
    }, 0);

  it("spends no more than the budget, unless the cheapest of all is more", () => {
    fc.assert(
      fc.property(lots, budget, (all, money) => {
        const price = clearingPrice(all, money);
        expect(Number.isFinite(price) && price >= 0).toBe(true);
        // A hair above: equal worths must not be told apart by rounding.
        const spent = spentAt(all, price * (1 + 1e-9) + 1e-15);
        const least = spentAt(all, 1e12);
        expect(spent).toBeLessThanOrEqual(Math.max(money, least) * (1 + 1e-6) + 1e-6);
      }),
      { numRuns: 1_000 },
    );
  });

  it("never rises with the budget", () => {
    fc.assert(
      fc.property(lots, budget, budget, (all, a, b) => {
        expect(clearingPrice(all, Math.max(a, b))).toBeLessThanOrEqual(
          clearingPrice(all, Math.min(a, b)),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
