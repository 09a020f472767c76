import { describe, expect, it } from "vitest";
import { planStarts } from "@/domain/entitlement/plan-starts.ts";

describe("when a plan may start", () => {
  it.each([
    ["at once from the free plan", { isPaid: false, usedMicroVnd: 0n }, ["now"]],
    [
      "behind the present cycle, or at once by wish",
      { isPaid: true, usedMicroVnd: 899n },
      ["period_end", "now"],
    ],
    [
      "at once when nine tenths are used, or behind by wish",
      { isPaid: true, usedMicroVnd: 900n },
      ["now", "period_end"],
    ],
    ["at once in an overdraft", { isPaid: true, usedMicroVnd: 5_000n }, ["now", "period_end"]],
  ])("is %s", (_name, input, starts) => {
    expect(planStarts({ limitMicroVnd: 1_000n, ...input })).toEqual(starts);
  });

  it("is at once where a cycle has no budget at all", () => {
    expect(planStarts({ isPaid: true, usedMicroVnd: 0n, limitMicroVnd: 0n })[0]).toBe("now");
  });
});
