import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planMonth, type MonthDemand, type MonthFacts } from "@/domain/routing/plan-month.ts";
import { factsOf, limitsOf, marketPolicy, policy } from "./turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

const usual: MonthDemand = { simple: 150, medium: 70, complex: 20 };

function monthOf(limitMicroVnd: bigint, parts: Partial<MonthFacts> = {}): MonthFacts {
  const { pacing, ...facts } = factsOf();
  return {
    ...facts,
    limits: limitsOf({ budgetLeftMicroVnd: limitMicroVnd }),
    pacing: { ...pacing, limitMicroVnd },
    ...parts,
  };
}

const totalOf = (lines: ReturnType<typeof planMonth>) =>
  lines.reduce(
    (sum, line) => sum + (line.costPerAnswerMicroVnd ?? 0n) * BigInt(line.questions),
    0n,
  );

describe("planMonth", () => {
  it.each([policy, marketPolicy])(
    "tells one line a label, the harder the dearer: %#",
    (version) => {
      const lines = planMonth(monthOf(100_000_000_000n), version, usual);
      expect(lines.map(({ label }) => label)).toEqual(["simple", "medium", "complex"]);
      expect(lines.map(({ questions }) => questions)).toEqual([150, 70, 20]);
      const costs = lines.map((line) => line.costPerAnswerMicroVnd ?? 0n);
      expect(costs.toSorted((a, b) => Number(a - b))).toEqual(costs);
    },
  );

  it("gives everybody the best model where money is no matter", () => {
    const lines = planMonth(monthOf(1_000_000_000_000n), marketPolicy, usual);
    expect(lines.map(({ modelId }) => modelId)).toEqual(["demo/large", "demo/large", "demo/large"]);
  });

  it("gives everybody the cheapest where the month is too much for the budget", () => {
    const lines = planMonth(monthOf(3_000_000n), marketPolicy, usual);
    expect(new Set(lines.map(({ modelId }) => modelId))).toEqual(new Set(["demo/small"]));
  });

  it("keeps any month within the budget that the cheapest model would", () => {
    const counts = fc.record({
      simple: fc.nat(2_000),
      medium: fc.nat(800),
      complex: fc.nat(300),
    });
    fc.assert(
      fc.property(counts, fc.bigInt(1_000_000n, 300_000_000n), (demand, budget) => {
        const cheapest = planMonth(monthOf(3_000_000n), marketPolicy, {
          ...demand,
          simple: demand.simple + 100_000,
        });
        const floor = cheapest.reduce(
          (sum, { label, costPerAnswerMicroVnd }) =>
            sum + (costPerAnswerMicroVnd ?? 0n) * BigInt(demand[label]),
          0n,
        );
        const total = totalOf(planMonth(monthOf(budget), marketPolicy, demand));
        expect(total <= budget || total <= floor).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("names nobody where no model may answer", () => {
    const blocked = monthOf(100_000_000_000n, {
      blockedModelIds: ["demo/small", "demo/middle", "demo/large"],
    });
    for (const line of planMonth(blocked, policy, usual)) {
      expect(line).toMatchObject({ modelId: null, costPerAnswerMicroVnd: null });
    }
  });

  it("is the same for the same month", () => {
    const facts = monthOf(50_000_000_000n);
    expect(planMonth(facts, marketPolicy, usual)).toEqual(planMonth(facts, marketPolicy, usual));
  });
});
