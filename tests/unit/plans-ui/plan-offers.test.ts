import { describe, expect, test } from "vitest";
import type { PlanCardView } from "@/features/plans/schema.ts";
import { plansOf, roundedAnswers, yearlySavingMicroVnd } from "@/features/plans/ui/plan-offers.ts";

function card(tier: string, billing: PlanCardView["billing"], price: bigint): PlanCardView {
  return {
    planId: `${tier}-${billing}`,
    ...{ tier, billing, priceMicroVnd: price.toString(), cycleLimitMicroVnd: "1" },
    ...{ modelTiers: [], messagesDailyMax: null, outputTokensMax: 1 },
    ...{ isCurrent: false, answers: null, starts: [] },
  };
}

const plans = [
  card("premium", "monthly", 99n),
  card("free", "none", 0n),
  card("premium", "yearly", 990n),
  card("starter", "monthly", 29n),
];

describe("plan cards", () => {
  test("each side of the switch has the free plan first and the others by price", () => {
    const names = (billing: "monthly" | "yearly") =>
      plansOf(plans, billing).map(({ planId }) => planId);
    expect(names("monthly")).toEqual(["free-none", "starter-monthly", "premium-monthly"]);
    expect(names("yearly")).toEqual(["free-none", "premium-yearly"]);
  });

  test("a year's saving is counted from the monthly price of the same tier", () => {
    const saving = (tier: string, billing: PlanCardView["billing"], price: bigint) =>
      yearlySavingMicroVnd(card(tier, billing, price), plans);
    expect(saving("premium", "yearly", 990n)).toBe(198n);
    expect(saving("premium", "yearly", 2_000n)).toBe(0n);
    expect(saving("ultimate", "yearly", 10n)).toBe(0n);
    expect(saving("premium", "monthly", 99n)).toBe(0n);
  });

  test("an average is told in figures that mean something", () => {
    const table = [0, 7, 19, 23, 99, 104, 937, 1_284, 98_765].map((count) => roundedAnswers(count));
    expect(table).toEqual([0, 7, 19, 20, 95, 100, 930, 1_200, 98_000]);
  });
});
