import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { factsArbitrary } from "./facts-arbitrary.ts";
import { limitsOf, marketPolicy, policy } from "./turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

function planOf(facts: TurnFacts, by: RoutingPolicy): TurnPlan | null {
  try {
    return planTurn(facts, by);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** Facts of a weighed turn in which nothing but money stands between a model and the question. */
const open = factsArbitrary.map((facts) => ({
  ...facts,
  ...{ requestedModelId: "auto", isOptimizationOn: true, blockedModelIds: [] },
  inputTokensEstimated: facts.inputTokensEstimated % 400,
  plan: {
    ...facts.plan,
    tiers: ["economy", "standard", "premium"] as const,
    outputTokensMax: 9_999,
  },
  candidates: facts.candidates.map((model) => ({
    ...model,
    ...{ isEnabled: true, isProviderConfigured: true, isHealthy: true, outputTokensMin: 16 },
  })),
}));

/** The same with so much budget and nothing spent of it. */
function withBudget(facts: TurnFacts, limitMicroVnd: bigint): TurnFacts {
  return {
    ...facts,
    limits: limitsOf({ budgetLeftMicroVnd: limitMicroVnd }),
    pacing: { ...facts.pacing, limitMicroVnd, usedMicroVnd: 0n, reservedMicroVnd: 0n },
  };
}

const dearer = (model: CandidateFacts, percent: bigint): CandidateFacts => ({
  ...model,
  prices: model.prices.map((price) => ({
    ...price,
    freshInputPicoUsd: (price.freshInputPicoUsd * (100n + percent)) / 100n,
    cachedInputPicoUsd: (price.cachedInputPicoUsd * (100n + percent)) / 100n,
    outputPicoUsd: (price.outputPicoUsd * (100n + percent)) / 100n,
  })),
});

/** Evenly over the orders of magnitude in which budgets matter. */
const budget = fc
  .double({ min: 4.5, max: 10, noNaN: true })
  .map((digits) => BigInt(Math.round(10 ** digits)));

const chosenQuality = ({ candidates, modelId }: TurnPlan) =>
  candidates.find((candidate) => candidate.modelId === modelId)?.expectedQuality ?? -1;

describe("at fixed demand", () => {
  it.each([
    ["linear pacing", policy],
    ["market pacing", marketPolicy],
  ])("more budget never lowers the expected quality: %s", (_name, by) => {
    let compared = 0;
    let raised = 0;
    fc.assert(
      fc.property(open, budget, budget, (facts, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const [poor, rich] = [less, more].map((limit) => planOf(withBudget(facts, limit), by));
        if (poor === null || poor === undefined) return;
        expect(rich).not.toBeNull();
        if (rich === null || rich === undefined) return;
        // A cheap model that the smaller budget could not hold may now take over from a dear one.
        if (rich.candidates.length !== poor.candidates.length) return;
        compared += 1;
        if (chosenQuality(rich) > chosenQuality(poor)) raised += 1;
        expect(chosenQuality(rich)).toBeGreaterThanOrEqual(chosenQuality(poor));
      }),
      { numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(500);
    expect(raised).toBeGreaterThan(100);
  });
});

describe("at a fixed shadow price", () => {
  it("raising a model's price never raises its share", () => {
    const percent = fc.bigInt({ min: 1n, max: 300n });
    let chosen = 0;
    fc.assert(
      fc.property(open, percent, fc.nat(), (facts, by, pick) => {
        const asked = withBudget(facts, 10n ** 8n);
        const model = asked.candidates[pick % asked.candidates.length];
        if (model === undefined) return;
        const candidates = asked.candidates.map((other) =>
          other === model ? dearer(other, by) : other,
        );
        // Linear pacing: λ comes from budget and time alone.
        const before = planOf(asked, policy);
        const after = planOf({ ...asked, candidates }, policy);
        if (after?.modelId !== model.modelId) return;
        chosen += 1;
        expect(before?.shadowPrice).toBe(after.shadowPrice);
        expect(before?.modelId).toBe(model.modelId);
      }),
      { numRuns: 2_000 },
    );
    expect(chosen).toBeGreaterThan(200);
  });
});

describe("market pacing", () => {
  it("keeps the cheapest payable for the reserved demand whenever a dearer one is taken", () => {
    let dear = 0;
    fc.assert(
      fc.property(open, budget, (facts, limit) => {
        const asked = withBudget(facts, limit);
        const soft = { ...asked, pacing: { ...asked.pacing, isSoftLandingOn: true } };
        const plan = planOf(soft, marketPolicy);
        if (plan === null) return;
        const costs = plan.candidates.map(({ expectedCostMicroVnd }) => expectedCostMicroVnd);
        const cheapest = costs.reduce((least, cost) => (cost < least ? cost : least));
        if (plan.expectedCostMicroVnd <= cheapest) return;
        dear += 1;
        // The question itself once more at the cheapest is the least that may be left.
        expect(limit - plan.expectedCostMicroVnd >= 0n).toBe(true);
        expect(plan.shadowPrice).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
    expect(dear).toBeGreaterThan(80);
  });
});
