import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitWithGrantsMicroVnd, planMarginMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { carriedMicroVnd, unspentMicroVnd } from "@/domain/entitlement/carry.ts";

fc.configureGlobal({ seed: 2_026 });

const period = {
  limitMicroVnd: 100n,
  usedMicroVnd: 0n,
  reservedMicroVnd: 0n,
  grantedMicroVnd: 0n,
  cutCycleMicroVnd: 0n,
};

describe("what moves to the next period", () => {
  it.each([
    ["nothing of the plan's own budget", {}, 0n],
    ["a top-up nobody touched", { limitMicroVnd: 140n, grantedMicroVnd: 40n }, 40n],
    [
      "of a top-up what the plan's budget did not cover",
      { limitMicroVnd: 140n, grantedMicroVnd: 40n, usedMicroVnd: 110n },
      30n,
    ],
    [
      "nothing that a running answer holds",
      { limitMicroVnd: 140n, grantedMicroVnd: 40n, usedMicroVnd: 90n, reservedMicroVnd: 45n },
      5n,
    ],
    ["all that is left of a cut cycle", { cutCycleMicroVnd: 100n, usedMicroVnd: 30n }, 70n],
    [
      "of a cut cycle no more than was paid, whatever finance allowed",
      { limitMicroVnd: 5_000n, cutCycleMicroVnd: 100n, usedMicroVnd: 30n },
      100n,
    ],
    ["nothing of an overdraft", { cutCycleMicroVnd: 100n, usedMicroVnd: 130n }, 0n],
    [
      "nothing a second time",
      { limitMicroVnd: 30n, cutCycleMicroVnd: 100n, grantedMicroVnd: -70n, usedMicroVnd: 30n },
      0n,
    ],
  ])("is %s", (_name, parts, carried) => {
    expect(carriedMicroVnd({ ...period, ...parts })).toBe(carried);
  });

  it("is never more than what is left or than what was paid, and taking it out leaves nothing to take", () => {
    const money = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(fc.tuple(money, money, money, money), ([cycle, grants, used, reserved]) => {
        const from = {
          limitMicroVnd: cycle + grants,
          usedMicroVnd: used,
          reservedMicroVnd: reserved,
          grantedMicroVnd: grants,
          cutCycleMicroVnd: cycle,
        };
        const carried = carriedMicroVnd(from);
        expect(carried >= 0n && carried <= unspentMicroVnd(from)).toBe(true);
        const after = {
          ...from,
          limitMicroVnd: from.limitMicroVnd - carried,
          grantedMicroVnd: grants - carried,
        };
        expect(carriedMicroVnd(after)).toBe(0n);
      }),
    );
  });
});

describe("a limit with its grants", () => {
  it("is never below nothing", () => {
    expect(limitWithGrantsMicroVnd(5n, -3n)).toBe(2n);
    expect(limitWithGrantsMicroVnd(5n, -8n)).toBe(0n);
  });
});

describe("a plan's margin", () => {
  it.each([
    ["nothing where all that is paid may be used", "monthly", 10_000, 0n],
    ["what the ratio keeps back", "monthly", 8_000, 200_000n],
    ["of a year what its twelve cycles keep back", "yearly", 7_500, 250_000n],
    ["a loss where more is given than paid", "monthly", 12_000, -200_000n],
  ] as const)("is %s", (_name, billing, budgetRatioBp, margin) => {
    const plan = { billing, priceMicroVnd: 1_000_000n, budgetRatioBp, budgetMicroVnd: null };
    expect(planMarginMicroVnd(plan)).toBe(margin);
  });
});
