import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors.ts";
import { fallbacksFor } from "@/domain/routing/fallbacks.ts";
import { fitCandidate, type FittedCandidate } from "@/domain/routing/fit-candidate.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { present } from "@/domain/assert.ts";
import { factsArbitrary } from "./facts-arbitrary.ts";
import { candidate, factsOf, limitsOf, policy, priced, rate } from "./turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

const of = (provider: string, name: string, parts: Partial<CandidateFacts> = {}) =>
  candidate(name, { ...parts, provider, modelId: `${provider}/${name}` });

const input = { facts: factsOf(), policy, rate };
const fitted = (one: CandidateFacts, headroomMicroVnd = 10n ** 15n): FittedCandidate =>
  present(fitCandidate(input, one, headroomMicroVnd), "it fits");

/** Whom `fallbacksFor` names when these stand in line, best first. */
const named = (best: CandidateFacts, ...others: readonly CandidateFacts[]) => {
  const all = [best, ...others].map((one) => fitted(one));
  return fallbacksFor(input, present(all[0], "a best"), all).map(({ modelId }) => modelId);
};

describe("who answers in the chosen model's place", () => {
  const chosen = of("openai", "best");

  it.each([
    [[], []],
    [[of("openai", "next")], ["openai/next"]],
    [
      [of("openai", "next"), of("gemini", "far")],
      ["gemini/far", "openai/next"],
    ],
    [
      [of("openai", "next"), of("gemini", "far"), of("anthropic", "further")],
      ["gemini/far", "anthropic/further"],
    ],
    [
      [of("openai", "next"), of("openai", "third"), of("openai", "fourth")],
      ["openai/next", "openai/third"],
    ],
  ])("is the best of another provider first, two at most (%#)", (others, ids) => {
    expect(named(chosen, ...others)).toEqual(ids);
  });

  it("gets the cap that the hold of the chosen one pays, and no other", () => {
    const best = fitted(chosen);
    const dear = of("gemini", "dear", { prices: [priced(10n, 400n)] });
    const [fallback] = fallbacksFor(input, best, [best, fitted(dear)]);
    expect(fallback?.outputTokensMax).toBe(fitted(dear, best.holdMicroVnd).outputTokensMax);
    expect(fallback?.outputTokensMax).toBeLessThan(fitted(dear).outputTokensMax);
  });

  it("is nobody whose least does not fit the hold", () => {
    const least = of("gemini", "dear", { outputTokensMin: 8_000, prices: [priced(10n, 400n)] });
    expect(named(chosen, least)).toEqual([]);
  });

  it("is nobody dearer when the chosen one is free", () => {
    const free = of("demo", "free", { isFree: true, prices: [priced(0n, 0n)] });
    expect(named(free, of("openai", "paid"))).toEqual([]);
  });
});

const planned = (facts: TurnFacts): TurnPlan | null => {
  try {
    return planTurn(facts, policy);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
};

/** Facts of a turn that may go to several models. */
const weighedFacts = factsArbitrary.map((facts) => ({
  ...facts,
  ...{ requestedModelId: "auto", isOptimizationOn: true, blockedModelIds: [] },
}));

/** What a candidate of the facts holds under that cap. */
function holdOf(facts: TurnFacts, modelId: string, outputTokensMax: number): bigint {
  const one = present(
    facts.candidates.find((other) => other.modelId === modelId),
    "a candidate",
  );
  const capped = { ...facts, callerOutputTokensMax: outputTokensMax };
  return present(
    fitCandidate({ facts: capped, policy, rate }, one, 10n ** 18n),
    "a fallback fits without a limit",
  ).holdMicroVnd;
}

describe("a plan, whatever its facts", () => {
  it("holds no more for its fallbacks than for the chosen model", () => {
    let seen = 0;
    fc.assert(
      fc.property(weighedFacts, (facts) => {
        const plan = planned(facts);
        for (const { modelId, outputTokensMax } of plan?.fallbacks ?? []) {
          seen += 1;
          expect(holdOf(facts, modelId, outputTokensMax)).toBeLessThanOrEqual(
            plan?.holdMicroVnd ?? -1n,
          );
          expect(modelId).not.toBe(plan?.modelId);
        }
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(50);
  });

  it("names healthy, allowed and configured models only, two at most, each once", () => {
    fc.assert(
      fc.property(weighedFacts, (facts) => {
        const plan = planned(facts);
        if (plan === null) return;
        const ids = plan.fallbacks.map(({ modelId }) => modelId);
        expect(ids.length).toBeLessThanOrEqual(2);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) {
          const one = facts.candidates.find(({ modelId }) => modelId === id);
          expect(one).toMatchObject({
            ...{ isHealthy: true, isEnabled: true, isProviderConfigured: true },
          });
          expect(facts.plan.tiers).toContain(one?.tier);
          expect(facts.blockedModelIds).not.toContain(id);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("has no fallback for a model that was picked", () => {
    fc.assert(
      fc.property(factsArbitrary, (facts) => {
        if (facts.requestedModelId === "auto") return;
        expect(planned(facts)?.fallbacks ?? []).toEqual([]);
      }),
      { numRuns: 500 },
    );
    const candidates = [of("openai", "best"), of("gemini", "far")];
    const picked = factsOf({ candidates, requestedModelId: "openai/best" });
    expect(planned(picked)?.fallbacks).toEqual([]);
    expect(planned(factsOf({ candidates }))?.fallbacks).toHaveLength(1);
  });

  it("keeps its fallbacks inside a budget that only just pays the chosen one", () => {
    const candidates = [of("openai", "best"), of("gemini", "far", { prices: [priced(20n, 80n)] })];
    const limits = limitsOf({ budgetLeftMicroVnd: 60_000n });
    const plan = planned(factsOf({ candidates, limits }));
    expect(plan?.holdMicroVnd).toBeLessThanOrEqual(60_000n);
    for (const { modelId, outputTokensMax } of plan?.fallbacks ?? []) {
      expect(holdOf(factsOf({ candidates }), modelId, outputTokensMax)).toBeLessThanOrEqual(
        plan?.holdMicroVnd ?? 0n,
      );
    }
  });
});
