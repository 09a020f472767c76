import { describe, expect, it } from "vitest";
import type { PlanTermsView } from "@/features/plans/schema.ts";
import {
  changeOf,
  hasMargin,
  percentOf,
  previewOf,
  priceOf,
  ratioOf,
  valuesOf,
} from "@/features/plans/ui/plan-terms-values.ts";

const yearly: PlanTermsView = {
  planId: "premium-yearly",
  tier: "premium",
  billing: "yearly",
  enabled: true,
  priceMicroVnd: "990000000000",
  budgetRatioBp: 10_000,
  cycleLimitMicroVnd: "82500000000",
  marginMicroVnd: "0",
  isMarginPositive: false,
  subscribers: 3,
};

describe("a plan's terms as they are typed", () => {
  it.each([
    ["99000", 99_000],
    ["99.000", 99_000],
    ["1 000", 1_000],
    ["1.000.000.000", 1_000_000_000],
    ["999", null],
    ["1000000001", null],
    ["99,5", null],
    ["-99000", null],
    ["", null],
    ["chín mươi", null],
  ])("the price %j", (written, price) => {
    expect(priceOf(written)).toBe(price);
  });

  it.each([
    ["100", 10_000],
    ["87,5", 8_750],
    ["87.25", 8_725],
    ["0", 0],
    ["200", 20_000],
    ["200,01", null],
    ["87,255", null],
    ["-1", null],
    ["", null],
  ])("the ratio %j", (written, ratioBp) => {
    expect(ratioOf(written)).toBe(ratioBp);
    if (ratioBp !== null) expect(ratioOf(percentOf(ratioBp))).toBe(ratioBp);
  });

  it("sends only what differs, and nothing when nothing does or something cannot be read", () => {
    const values = valuesOf(yearly);
    expect(changeOf(yearly, values)).toBeNull();
    expect(changeOf(yearly, { ...values, priceVnd: "990.000" })).toBeNull();
    expect(changeOf(yearly, { ...values, ratioPercent: "80" })).toEqual({ budgetRatioBp: 8_000 });
    expect(changeOf(yearly, { ...values, enabled: false })).toEqual({ enabled: false });
    expect(changeOf(yearly, { ...values, priceVnd: "x", enabled: false })).toBeNull();
  });

  it("shows what they would mean by the rule of the budgets: a year's margin, a month's budget", () => {
    expect(previewOf(yearly, { priceVnd: "990000", ratioPercent: "80" })).toEqual({
      cycleLimitMicroVnd: "66000000000",
      marginMicroVnd: "198000000000",
    });
    expect(previewOf(yearly, { priceVnd: "990000", ratioPercent: "110" })).toMatchObject({
      marginMicroVnd: "-99000000000",
    });
    expect(previewOf(yearly, { priceVnd: "", ratioPercent: "80" })).toBeNull();
  });

  it.each([
    ["-1", false],
    ["0", false],
    ["999999", false],
    ["1000000", true],
  ])("a margin of %s micro-VND counts: %s", (marginMicroVnd, counts) => {
    expect(hasMargin({ marginMicroVnd })).toBe(counts);
  });
});
