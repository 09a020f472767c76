import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapIntervals,
  routingFigures,
  seededRandom,
  spearman,
  type Outcome,
} from "@/cli/complexity/routing-figures.ts";

const strongCost = 10;
const weakCost = 1;
const gain: Outcome = { strong: 1, weak: 0, strongCost, weakCost };
const even: Outcome = { strong: 1, weak: 1, strongCost, weakCost };

/** 200 questions, every fifth of them won by the strong model alone. */
const outcomes = Array.from({ length: 200 }, (_, at) => (at % 5 === 0 ? gain : even));
const best = Float64Array.from(outcomes, ({ strong, weak }) => strong - weak);
const worst = best.map((value) => -value);
const flat = new Float64Array(outcomes.length);

describe("routing figures", () => {
  it("of the perfect order", () => {
    const { apgr, cpt50, cpt80, costAt95 } = routingFigures(outcomes, best);
    expect(apgr).toBeCloseTo(0.9, 12);
    expect({ cpt50, cpt80 }).toEqual({ cpt50: 0.1, cpt80: 0.16 });
    expect(costAt95).toBeCloseTo((30 * strongCost + 170 * weakCost) / (200 * strongCost), 12);
  });

  it("of the worst order", () => {
    const { apgr, cpt50, cpt80, costAt95 } = routingFigures(outcomes, worst);
    expect(apgr).toBeCloseTo(0.1, 12);
    expect({ cpt50, cpt80 }).toEqual({ cpt50: 0.9, cpt80: 0.96 });
    expect(costAt95).toBeCloseTo((190 * strongCost + 10 * weakCost) / (200 * strongCost), 12);
  });

  it("are one half where every question gains alike, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 10 }), (scores) => {
        const alike = scores.map(() => gain);
        const steps = scores.length - (scores.length % 10);
        const figures = routingFigures(
          alike.slice(0, steps),
          Float64Array.from(scores.slice(0, steps)),
        );
        expect(figures.apgr).toBeCloseTo(0.5, 12);
      }),
      { seed: 20_261_121, numRuns: 100 },
    );
  });

  it("are about one half on the mean of random orders", () => {
    const next = seededRandom(3);
    const values = Array.from({ length: 400 }, () => routingFigures(outcomes, flat.map(next)).apgr);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 2);
  });

  it("keep the order given among equal scores", () => {
    const wonFirst = [...outcomes].sort((a, b) => a.weak - b.weak);
    const wonLast = [...wonFirst].reverse();
    expect(routingFigures(wonFirst, flat).apgr).toBeCloseTo(0.9, 12);
    expect(routingFigures(wonLast, flat).apgr).toBeCloseTo(0.1, 12);
  });

  it("do not change when scores are stretched in order", () => {
    const scores = flat.map(seededRandom(5));
    const stretched = scores.map((score) => Math.exp(3 * score) - 40);
    expect(routingFigures(outcomes, stretched)).toEqual(routingFigures(outcomes, scores));
  });

  it("count what the strong model loses against it", () => {
    const loss: Outcome = { strong: 0, weak: 1, strongCost, weakCost };
    const mixed = [gain, gain, loss, even, even, even, even, even, even, even];
    const { apgr } = routingFigures(
      mixed,
      Float64Array.from(mixed, ({ strong, weak }) => strong - weak),
    );
    expect(apgr).toBeCloseTo((1 + 2 * 8 + 0.5) / 10, 12);
  });

  it("cost what the weak model costs where it has 95 % of the quality", () => {
    const nearly = Array.from({ length: 100 }, (_, at) => (at < 5 ? gain : even));
    expect(routingFigures(nearly, new Float64Array(100)).costAt95).toBeCloseTo(0.1, 12);
  });
});

describe("Spearman's correlation", () => {
  it("gives ties their mean rank", () => {
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
    expect(spearman([5, 5, 1, 1], [1, 1, 5, 5])).toBeCloseTo(-1, 12);
  });

  it("sees order alone", () => {
    const rising = [1, 2, 3, 10, 1_000];
    const squares = rising.map((value) => value ** 2);
    expect(spearman(rising, squares)).toBeCloseTo(1, 12);
    expect(spearman(rising, [...squares].reverse())).toBeCloseTo(-1, 12);
  });
});

describe("bootstrap intervals", () => {
  const values = Array.from({ length: 80 }, seededRandom(11));
  const mean = (places: Int32Array) => [
    places.reduce((sum, place) => sum + (values[place] ?? 0), 0) / places.length,
    places.length,
  ];

  it("are the same each time", () => {
    expect(bootstrapIntervals(80, mean, 200)).toEqual(bootstrapIntervals(80, mean, 200));
  });

  it("hold the value of all cases, and have no width where nothing varies", () => {
    const [ofMean, ofCount] = bootstrapIntervals(80, mean, 400);
    const whole = values.reduce((sum, value) => sum + value, 0) / 80;
    expect(ofMean?.value).toBeCloseTo(whole, 12);
    expect(ofMean?.low).toBeLessThan(whole);
    expect(ofMean?.high).toBeGreaterThan(whole);
    expect(ofCount).toEqual({ value: 80, low: 80, high: 80 });
  });

  it("are about as wide as four standard errors of a mean", () => {
    const [{ low, high } = { low: 0, high: 0 }] = bootstrapIntervals(80, mean, 1_000);
    const whole = values.reduce((sum, value) => sum + value, 0) / 80;
    const variance = values.reduce((sum, value) => sum + (value - whole) ** 2, 0) / 80;
    expect((high - low) / Math.sqrt(variance / 80)).toBeGreaterThan(3.5);
    expect((high - low) / Math.sqrt(variance / 80)).toBeLessThan(4.4);
  });
});
