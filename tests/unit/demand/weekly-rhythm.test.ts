import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOURS_PER_WEEK, weeklyRhythm, weeksOfDemand } from "@/domain/demand/weekly-rhythm.ts";

fc.configureGlobal({ seed: 2_026 });

const HOUR_MS = 3_600_000;
const WEEK_MS = HOURS_PER_WEEK * HOUR_MS;
/** Monday 00:00 in Vietnam. */
const MONDAY = Date.parse("2026-11-15T17:00:00Z");
const flat = Array.from({ length: HOURS_PER_WEEK }, () => 1);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const window = fc
  .tuple(fc.integer({ min: 0, max: 8 * WEEK_MS }), fc.integer({ min: 1, max: 8 * WEEK_MS }))
  .map(([start, length]) => ({ fromMs: MONDAY + start, toMs: MONDAY + start + length }));

describe("a weekly rhythm", () => {
  it("is flat when nothing was asked, and in a window that holds nothing", () => {
    expect(weeklyRhythm([], { fromMs: MONDAY, toMs: MONDAY + WEEK_MS })).toEqual(flat);
    expect(weeklyRhythm([], { fromMs: MONDAY, toMs: MONDAY })).toEqual(flat);
  });

  it("has mean 1 and no hour at or below nothing, whatever was asked", () => {
    fc.assert(
      fc.property(window, fc.array(fc.nat(), { maxLength: 200 }), ({ fromMs, toMs }, parts) => {
        const asked = parts.map((part) => fromMs + (part % (toMs - fromMs)));
        const rhythm = weeklyRhythm(asked, { fromMs, toMs });
        expect(rhythm).toHaveLength(HOURS_PER_WEEK);
        expect(mean(rhythm)).toBeCloseTo(1, 9);
        expect(Math.min(...rhythm)).toBeGreaterThan(0);
      }),
    );
  });

  it("does not take a weekday for busy that the window merely holds twice", () => {
    const span = { fromMs: MONDAY, toMs: MONDAY + WEEK_MS + 24 * HOUR_MS };
    const evenly = Array.from({ length: 8 * 24 }, (_, hour) => MONDAY + hour * HOUR_MS);
    for (const hour of weeklyRhythm(evenly, span)) expect(hour).toBeCloseTo(1, 6);
  });

  it("nears what was seen the more was seen", () => {
    const span = { fromMs: MONDAY, toMs: MONDAY + 8 * WEEK_MS };
    const nine = (count: number) =>
      Array.from({ length: 8 }, (_, week) => MONDAY + week * WEEK_MS + 9 * HOUR_MS).flatMap((at) =>
        Array.from({ length: count }, () => at),
      );
    const peaks = [1, 5, 50].map((count) => weeklyRhythm(nine(count), span)[9] ?? 0);
    expect(peaks).toEqual(peaks.toSorted((one, other) => one - other));
    expect(peaks[0]).toBeGreaterThan(1);
  });
});

describe("the weeks of demand in a span", () => {
  it("are the calendar's when the rhythm is flat, to the minute", () => {
    fc.assert(
      fc.property(window, ({ fromMs, toMs }) => {
        expect(weeksOfDemand(flat, { fromMs, toMs })).toBeCloseTo((toMs - fromMs) / WEEK_MS, 9);
      }),
    );
  });

  it("count busy hours more: a working week is over on Friday evening", () => {
    const office = flat.map((_, hour) => (hour < 5 * 24 ? 7 / 5 : 0));
    const friday = MONDAY + 5 * 24 * HOUR_MS;
    expect(weeksOfDemand(office, { fromMs: MONDAY, toMs: friday })).toBeCloseTo(1, 9);
    expect(weeksOfDemand(office, { fromMs: friday, toMs: MONDAY + WEEK_MS })).toBe(0);
  });

  it("are none when the span is over", () => {
    expect(weeksOfDemand(flat, { fromMs: MONDAY, toMs: MONDAY - 1 })).toBe(0);
  });
});
