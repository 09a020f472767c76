import { describe, expect, it } from "vitest";
import {
  budgetBands,
  budgetState,
  usedPercent,
  type BudgetFigures,
} from "@/components/budget-state.ts";

function figures(
  limitMicroVnd: bigint,
  usedMicroVnd: bigint,
  reservedMicroVnd = 0n,
): BudgetFigures {
  const left = limitMicroVnd - usedMicroVnd;
  return {
    limitMicroVnd,
    usedMicroVnd,
    reservedMicroVnd,
    remainingMicroVnd: left > 0n ? left : 0n,
    overdraftMicroVnd: left < 0n ? -left : 0n,
  };
}

describe("the budget's state", () => {
  it.each([
    [0n, "calm"],
    [7_499n, "calm"],
    [7_500n, "warning"],
    [8_999n, "warning"],
    [9_000n, "critical"],
    [9_499n, "critical"],
    [9_500n, "emergency"],
    [9_999n, "emergency"],
    [10_000n, "exhausted"],
    [12_000n, "exhausted"],
  ] as const)("at %i of 10000 used is %s", (used, state) => {
    expect(budgetState(figures(10_000n, used))).toBe(state);
  });

  it("does not change when holds come and go", () => {
    expect(budgetState(figures(10_000n, 7_000n, 3_000n))).toBe("calm");
  });

  it("is exhausted when nothing is allowed at all", () => {
    expect(budgetState(figures(0n, 0n))).toBe("exhausted");
    expect(usedPercent(figures(0n, 0n))).toBe(100);
  });
});

describe("the bands of the bar", () => {
  it.each([
    [figures(10_000n, 2_500n, 1_000n), { spent: 25, held: 10, left: 65 }],
    [figures(10_000n, 12_000n, 500n), { spent: 100, held: 0, left: 0 }],
    [figures(10_000n, 0n), { spent: 0, held: 0, left: 100 }],
    [figures(0n, 0n), { spent: 100, held: 0, left: 0 }],
  ])("of %o are %o", (given, bands) => {
    expect(budgetBands(given)).toEqual(bands);
  });

  it("show even the smallest amount", () => {
    const bands = budgetBands(figures(10_000_000_000n, 1n, 1n));
    expect(bands.spent).toBeGreaterThan(0);
    expect(bands.held).toBeGreaterThan(0);
    expect(bands.spent + bands.held + bands.left).toBeCloseTo(100, 9);
  });
});
