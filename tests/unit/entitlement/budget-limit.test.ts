import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  freeLimitLeftMicroVnd,
  periodLimitMicroVnd,
  type PlanBudget,
} from "@/domain/entitlement/budget-limit.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";

fc.configureGlobal({ seed: 2_026 });

const paid = (parts: Partial<PlanBudget>): PlanBudget => ({
  billing: "monthly",
  priceMicroVnd: vndToMicroVnd(29_000n),
  budgetRatioBp: 10_000,
  budgetMicroVnd: null,
  ...parts,
});

describe("the limit a period opens with", () => {
  it.each([
    [
      "the fixed budget of the free plan",
      { billing: "none", priceMicroVnd: 0n, budgetMicroVnd: 5_000_000_000n },
      5_000_000_000n,
    ],
    ["a fixed budget of zero, which is no missing one", { budgetMicroVnd: 0n }, 0n],
    ["the monthly price", {}, 29_000_000_000n],
    [
      "a twelfth of the yearly price",
      { billing: "yearly", priceMicroVnd: vndToMicroVnd(290_000n) },
      24_166_666_666n,
    ],
    ["the price times the plan's ratio", { budgetRatioBp: 7_500 }, 21_750_000_000n],
    ["nothing at a ratio of zero", { budgetRatioBp: 0 }, 0n],
    ["the micro-VND below", { priceMicroVnd: 3n, budgetRatioBp: 3_334 }, 1n],
  ] satisfies [string, Partial<PlanBudget>, bigint][])("is %s", (_name, parts, limit) => {
    expect(periodLimitMicroVnd(paid(parts))).toBe(limit);
  });

  it("never gives twelve cycles more than the year was paid for", () => {
    const price = fc.bigInt({ min: 0n, max: 10n ** 16n });
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 10_000 }), (priceMicroVnd, budgetRatioBp) => {
        const cycle = periodLimitMicroVnd(
          paid({ billing: "yearly", priceMicroVnd, budgetRatioBp }),
        );
        const entitled = priceMicroVnd * BigInt(budgetRatioBp);
        expect(cycle * 12n * 10_000n <= entitled).toBe(true);
        expect((cycle + 1n) * 12n * 10_000n > entitled).toBe(true);
      }),
    );
  });
});

describe("the limit of a second free period in one month", () => {
  it.each([
    ["the whole budget when nothing was spent", 5_000n, 0n, 5_000n],
    ["what the first one left", 5_000n, 1_200n, 3_800n],
    ["nothing when the first one used it up", 5_000n, 5_000n, 0n],
    ["nothing, not less, after an overdraft", 5_000n, 7_000n, 0n],
    ["never more than the budget, whatever was given back", 5_000n, -300n, 5_000n],
  ])("is %s", (_name, budgetMicroVnd, spentThisMonthMicroVnd, limit) => {
    expect(freeLimitLeftMicroVnd({ budgetMicroVnd, spentThisMonthMicroVnd })).toBe(limit);
  });
});
