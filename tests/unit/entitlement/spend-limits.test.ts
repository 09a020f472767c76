import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  headroomMicroVnd,
  refusalFor,
  type SpendLimits,
} from "@/domain/entitlement/spend-limits.ts";

fc.configureGlobal({ seed: 2_026 });

const roomy: SpendLimits = {
  budgetLeftMicroVnd: 1_000n,
  memberLeftMicroVnd: null,
  dailyLeftMicroVnd: null,
  freeCeilingLeftMicroVnd: null,
  perQueryMicroVnd: null,
};

const left = fc.bigInt({ min: -1_000n, max: 1_000n });
const limitsArbitrary: fc.Arbitrary<SpendLimits> = fc.record({
  budgetLeftMicroVnd: left,
  memberLeftMicroVnd: fc.option(left),
  dailyLeftMicroVnd: fc.option(left),
  freeCeilingLeftMicroVnd: fc.option(left),
  perQueryMicroVnd: fc.option(left),
});

describe("headroom", () => {
  it.each([
    ["the budget when nothing else is set", {}, 1_000n],
    ["the member's cap", { memberLeftMicroVnd: 900n }, 900n],
    ["the daily cap", { memberLeftMicroVnd: 900n, dailyLeftMicroVnd: 800n }, 800n],
    ["the free ceiling", { freeCeilingLeftMicroVnd: 700n }, 700n],
    ["the cap of one query", { perQueryMicroVnd: 1n }, 1n],
    ["zero, which is a limit and not its absence", { dailyLeftMicroVnd: 0n }, 0n],
    ["an overdraft", { budgetLeftMicroVnd: -5n, perQueryMicroVnd: 10n }, -5n],
  ] satisfies [string, Partial<SpendLimits>, bigint][])("is %s", (_name, parts, headroom) => {
    expect(headroomMicroVnd({ ...roomy, ...parts })).toBe(headroom);
  });
});

describe("the refusal of a hold", () => {
  const all: SpendLimits = {
    budgetLeftMicroVnd: 9n,
    memberLeftMicroVnd: 9n,
    dailyLeftMicroVnd: 9n,
    freeCeilingLeftMicroVnd: 9n,
    perQueryMicroVnd: 9n,
  };

  it.each([
    ["budget_exhausted", {}],
    ["member_cap_reached", { budgetLeftMicroVnd: 10n }],
    ["daily_cap_reached", { budgetLeftMicroVnd: 10n, memberLeftMicroVnd: 10n }],
    [
      "free_ceiling_reached",
      { budgetLeftMicroVnd: 10n, memberLeftMicroVnd: null, dailyLeftMicroVnd: 10n },
    ],
    [
      "query_cap_exceeded",
      {
        budgetLeftMicroVnd: 10n,
        memberLeftMicroVnd: null,
        dailyLeftMicroVnd: null,
        freeCeilingLeftMicroVnd: 10n,
      },
    ],
  ] satisfies [string, Partial<SpendLimits>][])(
    "is %s where that is the outermost limit that binds",
    (code, parts) => {
      expect(refusalFor({ ...all, ...parts }, 10n)).toBe(code);
    },
  );

  it("is none for a hold that fills every limit to the last unit", () => {
    expect(refusalFor(all, 9n)).toBeNull();
    expect(refusalFor(roomy, 1_000n)).toBeNull();
  });

  it("comes exactly when the hold is above the headroom", () => {
    fc.assert(
      fc.property(limitsArbitrary, fc.bigInt({ min: 0n, max: 1_000n }), (limits, hold) => {
        expect(refusalFor(limits, hold) === null).toBe(hold <= headroomMicroVnd(limits));
      }),
    );
  });
});
