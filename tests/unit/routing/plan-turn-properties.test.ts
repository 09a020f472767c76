import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headroomMicroVnd } from "@/domain/entitlement/spend-limits.ts";
import { DomainError } from "@/domain/errors.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import { inputBound } from "@/domain/routing/provider-traits.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { factsArbitrary } from "./facts-arbitrary.ts";
import { factsOf, marketPolicy, policy, priced, small } from "./turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

type Outcome = { readonly plan: TurnPlan } | { readonly code: string };

/** The plan or the refusal; anything else that is thrown is a bug and fails the test. */
function outcomeOf(facts: TurnFacts, by: RoutingPolicy = policy): Outcome {
  try {
    return { plan: planTurn(facts, by) };
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code };
    throw error;
  }
}

const eitherPacing = fc.constantFrom(policy, marketPolicy);

/** Runs `check` on plans made from any facts; enough of them must have been planned at all. */
function forEveryPlan(check: (plan: TurnPlan, facts: TurnFacts) => void) {
  let planned = 0;
  fc.assert(
    fc.property(factsArbitrary, eitherPacing, (facts, by) => {
      const outcome = outcomeOf(facts, by);
      if (!("plan" in outcome)) return;
      planned += 1;
      check(outcome.plan, facts);
    }),
    { numRuns: 1_000 },
  );
  expect(planned).toBeGreaterThan(200);
}

const modelOf = (facts: TurnFacts, modelId: string) => {
  const found = facts.candidates.find((model) => model.modelId === modelId);
  if (found === undefined) throw new Error(`${modelId} is no candidate`);
  return found;
};

describe("any plan", () => {
  it("holds within every limit that is set, or nothing at all", () => {
    forEveryPlan(({ holdMicroVnd }, { limits }) => {
      const headroom = headroomMicroVnd(limits);
      expect(holdMicroVnd === 0n || (holdMicroVnd > 0n && holdMicroVnd <= headroom)).toBe(true);
    });
  });

  it("names a model that is healthy, priced, configured, allowed, not blocked, the one picked", () => {
    forEveryPlan((plan, facts) => {
      const model = modelOf(facts, plan.modelId);
      expect([model.isEnabled, model.isProviderConfigured, model.isHealthy]).toEqual(
        Array.from({ length: 3 }, () => true),
      );
      expect(model.prices.length).toBeGreaterThan(0);
      const { inputTokensMax } = inputBound(model.provider, facts.inputTokensEstimated);
      expect(inputTokensMax + plan.outputTokensMax).toBeLessThanOrEqual(model.contextTokensMax);
      expect(facts.plan.tiers).toContain(model.tier);
      expect(facts.blockedModelIds).not.toContain(model.modelId);
      if (facts.requestedModelId !== "auto") expect(model.modelId).toBe(facts.requestedModelId);
    });
  });

  it("asks for at least the model's minimum unless the caller asked for less, never for more than allowed", () => {
    forEveryPlan((plan, facts) => {
      const model = modelOf(facts, plan.modelId);
      const caller = facts.callerOutputTokensMax ?? Infinity;
      expect(plan.outputTokensMax).toBeGreaterThanOrEqual(Math.min(model.outputTokensMin, caller));
      expect(plan.outputTokensMax).toBeLessThanOrEqual(
        Math.min(caller, facts.plan.outputTokensMax, model.outputTokensMax),
      );
      const roomTokens = model.contextTokensMax - facts.inputTokensEstimated;
      expect(plan.outputTokensMax).toBeLessThanOrEqual(roomTokens);
      expect(Number.isSafeInteger(plan.outputTokensMax)).toBe(true);
    });
  });

  it("is finite throughout, so that it can be stored and compared", () => {
    forEveryPlan((plan) => {
      expect(plan.shadowPrice === null || Number.isFinite(plan.shadowPrice)).toBe(true);
      for (const { utility } of plan.candidates) expect(Number.isFinite(utility)).toBe(true);
      expect(plan.expectedCostMicroVnd <= plan.holdMicroVnd).toBe(true);
    });
  });

  it("leaves behind no candidate of equal or better quality that is cheaper", () => {
    forEveryPlan(({ modelId, candidates }) => {
      const chosen = candidates.find((candidate) => candidate.modelId === modelId);
      for (const other of candidates) {
        const isAsGood = other.expectedQuality >= (chosen?.expectedQuality ?? 2);
        const isCheaper = other.expectedCostMicroVnd < (chosen?.expectedCostMicroVnd ?? 0n);
        expect(isAsGood && isCheaper).toBe(false);
      }
    });
  });
});

describe("a model dearer in every class", () => {
  it("never wins over its equal, whatever the limits, the pace and the length", () => {
    const extra = fc.bigInt({ min: 0n, max: 500n });
    const cheap = fc.bigInt({ min: 1n, max: 500n });
    fc.assert(
      fc.property(
        ...[factsArbitrary, eitherPacing, cheap, cheap, extra, extra],
        (facts, by, input, output, moreIn, moreOut) => {
          const open = { ...small, outputTokensMin: 16 };
          const candidates = [
            {
              ...open,
              modelId: "demo/a-dear",
              prices: [priced(input + moreIn, output + moreOut + 1n)],
            },
            { ...open, modelId: "demo/b-cheap", prices: [priced(input, output)] },
          ];
          const asked = {
            ...facts,
            ...{ candidates, preferredModelIds: [], blockedModelIds: [], requestedModelId: "auto" },
            ...{ warmCache: null, isOptimizationOn: true },
            plan: { ...facts.plan, tiers: ["economy" as const] },
          };
          const outcome = outcomeOf(asked, by);
          expect("plan" in outcome ? outcome.plan.modelId : "demo/b-cheap").toBe("demo/b-cheap");
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("the same facts", () => {
  it("give the same outcome in whatever order the candidates come", () => {
    const shuffled = factsArbitrary.chain((facts) =>
      fc.record({
        facts: fc.constant(facts),
        order: fc.shuffledSubarray([...facts.candidates], { minLength: facts.candidates.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ facts, order }) => {
        for (const by of [policy, marketPolicy]) {
          expect(outcomeOf({ ...facts, candidates: order }, by)).toEqual(outcomeOf(facts, by));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("give the same outcome after they were stored and read back", () => {
    const moneyFields = /(MicroVnd|PicoUsd|MilliVnd)$/;
    fc.assert(
      fc.property(factsArbitrary, (facts) => {
        const stored = JSON.stringify(facts, (_key, part: unknown) =>
          typeof part === "bigint" ? part.toString() : part,
        );
        const read: TurnFacts = JSON.parse(stored, (key, part: unknown) =>
          moneyFields.test(key) && typeof part === "string" ? BigInt(part) : part,
        );
        expect(read).toEqual(facts);
        for (const by of [policy, marketPolicy]) {
          expect(outcomeOf(read, by)).toEqual(outcomeOf(facts, by));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are not changed by planning", () => {
    const facts = factsOf();
    const before = structuredClone(facts);
    planTurn(facts, policy);
    planTurn(facts, marketPolicy);
    expect(facts).toEqual(before);
  });
});

describe("a limit", () => {
  it("that is widened never turns a plan into a refusal for money", () => {
    const limit = fc.constantFrom(
      "budgetLeftMicroVnd" as const,
      "memberLeftMicroVnd" as const,
      "dailyLeftMicroVnd" as const,
      "freeCeilingLeftMicroVnd" as const,
      "perQueryMicroVnd" as const,
    );
    fc.assert(
      fc.property(
        factsArbitrary,
        limit,
        fc.bigInt({ min: 1n, max: 10n ** 8n }),
        (facts, name, more) => {
          const left = facts.limits[name];
          if (left === null || !("plan" in outcomeOf(facts))) return;
          const wider = { ...facts, limits: { ...facts.limits, [name]: left + more } };
          expect(outcomeOf(wider)).toHaveProperty("plan");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("of money is named only when more money would help", () => {
    const moneyCodes = [
      "budget_exhausted",
      "member_cap_reached",
      "daily_cap_reached",
      "free_ceiling_reached",
      "query_cap_exceeded",
    ];
    const boundless = {
      budgetLeftMicroVnd: 10n ** 18n,
      memberLeftMicroVnd: null,
      dailyLeftMicroVnd: null,
      freeCeilingLeftMicroVnd: null,
      perQueryMicroVnd: null,
    };
    fc.assert(
      fc.property(factsArbitrary, (facts) => {
        const outcome = outcomeOf(facts);
        if ("plan" in outcome) return;
        const rich = outcomeOf({ ...facts, limits: boundless });
        expect("plan" in rich).toBe(moneyCodes.includes(outcome.code));
      }),
      { numRuns: 1_000 },
    );
  });
});
