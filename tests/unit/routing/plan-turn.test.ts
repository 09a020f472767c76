import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import {
  DAY_MS,
  candidate,
  factsOf,
  freeModel,
  large,
  limitsOf,
  middle,
  policy,
  priced,
  small,
} from "./turn-fixture.ts";

const plan = (parts: Partial<TurnFacts> = {}) => planTurn(factsOf(parts), policy);

function refusalOf(parts: Partial<TurnFacts>): DomainError {
  try {
    plan(parts);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const easy = { score: 0.05, label: "simple", category: "chat", confidence: 0.9 } as const;
const noSmallerTiers: TurnFacts["plan"] = { ...factsOf().plan, outputTokensMax: 1_024 };
/** The smallest useful call of `small`: 1,000 input tokens at 10 and 64 of output at 40. */
const SMALLEST_HOLD = 12_560n;

describe("the choice", () => {
  it("is the large model for a hard question and the small one for an easy one", () => {
    expect(plan().modelId).toBe("demo/large");
    const tight = { ...factsOf().pacing, limitMicroVnd: 10_000_000n };
    expect(plan({ complexity: easy, pacing: tight }).modelId).toBe("demo/small");
  });

  it("turns cheaper as the budget is spent faster than time passes", () => {
    const choices = [0n, 99_990_000_000n, 99_995_000_000n].map((usedMicroVnd) => {
      const pacing = { ...factsOf().pacing, usedMicroVnd, nowMs: 5 * DAY_MS };
      return plan({ pacing }).modelId;
    });
    expect(choices).toEqual(["demo/large", "demo/middle", "demo/small"]);
  });

  it("ranks by quality minus λ times cost, best first, and says so", () => {
    const { candidates, shadowPrice, modelId, policyVersion } = plan();
    expect(shadowPrice).toBeGreaterThan(0);
    for (const { utility, expectedQuality, expectedCostMicroVnd } of candidates) {
      const weighed = expectedQuality - (shadowPrice ?? 0) * Number(expectedCostMicroVnd);
      expect(utility).toBeCloseTo(weighed, 12);
    }
    const utilities = candidates.map(({ utility }) => utility);
    expect(utilities).toEqual(utilities.toSorted((a, b) => b - a));
    expect([candidates[0]?.modelId, policyVersion]).toEqual([modelId, "test-1"]);
  });

  it("goes to the cheaper at equal quality, and to the smaller id at equal cost", () => {
    const dear = { ...small, modelId: "demo/a-dear", prices: [priced(11n, 40n)] };
    expect(plan({ candidates: [dear, small] }).modelId).toBe("demo/small");
    const twin = { ...small, modelId: "demo/a-twin" };
    expect(plan({ candidates: [small, twin] }).modelId).toBe("demo/a-twin");
  });

  it("goes to the cheaper of equals even where money counts for nothing", () => {
    const careless = { ...policy, pacing: { ...policy.pacing, qualityPerAllowance: 0 } };
    const dear = { ...small, modelId: "demo/a-dear", prices: [priced(11n, 40n)] };
    for (const candidates of [
      [dear, small],
      [small, dear],
    ]) {
      expect(planTurn(factsOf({ candidates }), careless).modelId).toBe("demo/small");
    }
  });

  it("does not go to a dearer equal because a tight budget cuts its answer short", () => {
    const dear = { ...small, modelId: "demo/dear", prices: [priced(10n, 80n)] };
    const limits = limitsOf({ budgetLeftMicroVnd: 10_000n + 400n * 40n });
    expect(plan({ candidates: [dear, small], limits }).modelId).toBe("demo/small");
  });

  it("never expects to cost more than is held", () => {
    const limits = limitsOf({ budgetLeftMicroVnd: SMALLEST_HOLD });
    const tight = plan({ candidates: [small], limits });
    expect([tight.holdMicroVnd, tight.expectedCostMicroVnd]).toEqual([
      SMALLEST_HOLD,
      SMALLEST_HOLD,
    ]);
  });
});

describe("what the person asked for", () => {
  it("is obeyed: the picked model answers, unweighed", () => {
    const picked = plan({ requestedModelId: "demo/small" });
    expect(picked).toMatchObject({
      modelId: "demo/small",
      reasonCode: "picked_by_user",
      shadowPrice: null,
      referenceModelId: "demo/small",
    });
    expect(plan({ requestedModelId: "demo/small", isOptimizationOn: false })).toEqual(picked);
  });

  it("is refused, not replaced, when the picked model does not fit", () => {
    const limits = limitsOf({ budgetLeftMicroVnd: SMALLEST_HOLD });
    expect(refusalOf({ requestedModelId: "demo/large", limits }).code).toBe("budget_exhausted");
    expect(plan({ limits }).modelId).toBe("demo/small");
  });

  it("with optimization off is the plan's default, at any spending", () => {
    const pacing = { ...factsOf().pacing, usedMicroVnd: 99_990_000_000n };
    for (const complexity of [easy, factsOf().complexity]) {
      expect(plan({ isOptimizationOn: false, complexity, pacing })).toMatchObject({
        modelId: "demo/middle",
        reasonCode: "optimization_off",
        shadowPrice: null,
        referenceModelId: "demo/middle",
      });
    }
  });

  it("with optimization off is refused when the default does not fit", () => {
    const limits = limitsOf({ budgetLeftMicroVnd: SMALLEST_HOLD });
    expect(refusalOf({ isOptimizationOn: false, limits }).code).toBe("budget_exhausted");
  });

  it("never gets a blocked model, neither weighed, as default nor picked", () => {
    const blockedModelIds = ["demo/large", "demo/middle"];
    expect(plan({ blockedModelIds }).candidates.map(({ modelId }) => modelId)).toEqual([
      "demo/small",
    ]);
    expect(plan({ blockedModelIds, isOptimizationOn: false }).modelId).toBe("demo/small");
    const picked = refusalOf({ blockedModelIds, requestedModelId: "demo/large" });
    expect([picked.code, picked.details]).toEqual(["model_not_allowed", { modelId: "demo/large" }]);
  });

  it("prefers softly: the bonus decides between near equals and no more", () => {
    const near = candidate("near", { qualityCurve: { easy: 0.84, hard: 0.39 } });
    const facts = { candidates: [small, near], complexity: easy, preferredModelIds: ["demo/near"] };
    expect(plan(facts)).toMatchObject({ modelId: "demo/near", reasonCode: "preferred" });
    expect(plan({ preferredModelIds: ["demo/small"] }).modelId).toBe("demo/large");
    expect(plan({ ...facts, preferredModelIds: ["demo/unknown"] }).modelId).toBe("demo/small");
  });
});

describe("the reason", () => {
  const dearMiddle = { ...middle, qualityCurve: { easy: 0.86, hard: 0.4 } };
  const middleUnaffordable = limitsOf({ budgetLeftMicroVnd: SMALLEST_HOLD });
  it.each([
    ["worth_it", "a dearer model is worth it", {}],
    ["cheapest_fits", "the cheapest wins", { candidates: [small, dearMiddle] }],
    ["only_candidate", "there was no choice", { candidates: [small] }],
    ["budget_tight", "money left only some", { limits: middleUnaffordable }],
    ["preferred", "the winner is preferred", { preferredModelIds: ["demo/large"] }],
  ] satisfies [string, string, Partial<TurnFacts>][])("is %s where %s", (reason, _name, parts) => {
    expect(plan(parts).reasonCode).toBe(reason);
  });
});

describe("the refusal", () => {
  const five = (left: bigint) => ({
    budgetLeftMicroVnd: left,
    memberLeftMicroVnd: left,
    dailyLeftMicroVnd: left,
    freeCeilingLeftMicroVnd: left,
    perQueryMicroVnd: left,
  });
  const short = SMALLEST_HOLD - 1n;

  it("names the outermost limit that binds, one after another", () => {
    const limits = five(short);
    const codes: string[] = [];
    for (const wider of [
      "budgetLeftMicroVnd",
      "memberLeftMicroVnd",
      "dailyLeftMicroVnd",
      "freeCeilingLeftMicroVnd",
      "perQueryMicroVnd",
    ] as const) {
      codes.push(refusalOf({ limits }).code);
      limits[wider] = SMALLEST_HOLD;
    }
    expect(codes).toEqual([
      "budget_exhausted",
      "member_cap_reached",
      "daily_cap_reached",
      "free_ceiling_reached",
      "query_cap_exceeded",
    ]);
    expect(plan({ limits })).toMatchObject({ modelId: "demo/small", holdMicroVnd: SMALLEST_HOLD });
  });

  it.each([
    ["budget_exhausted", { budgetLeftMicroVnd: -5n }, { remainingMicroVnd: "0" }],
    ["query_cap_exceeded", { perQueryMicroVnd: 7n }, { capMicroVnd: "7" }],
    ["daily_cap_reached", { dailyLeftMicroVnd: 8n }, { capMicroVnd: "8" }],
    ["member_cap_reached", { memberLeftMicroVnd: 9n }, { capMicroVnd: "9" }],
    ["free_ceiling_reached", { freeCeilingLeftMicroVnd: 9n }, {}],
  ])("%s tells what is left and the cap that bound", (code, limits, details) => {
    const refusal = refusalOf({ limits: limitsOf(limits) });
    expect(refusal.code).toBe(code);
    expect(refusal.details).toEqual({ remainingMicroVnd: "100000000000", ...details });
  });

  it("is of the plan, not of money, when its output cap is below every model's minimum", () => {
    const candidates = [{ ...small, outputTokensMin: 2_048 }];
    const facts = { candidates, plan: noSmallerTiers };
    expect(refusalOf(facts)).toMatchObject({ code: "model_not_allowed", details: {} });
    expect(refusalOf({ ...facts, requestedModelId: "demo/small" }).details).toEqual({
      modelId: "demo/small",
    });
  });

  it("is of money when money is what the models the plan can use lack", () => {
    const needsMore: CandidateFacts = { ...small, modelId: "demo/r", outputTokensMin: 2_048 };
    const limits = limitsOf({ budgetLeftMicroVnd: 200_000n });
    const usable: CandidateFacts = { ...large, prices: [priced(1_000n, 1_000n)] };
    const facts = { candidates: [needsMore, usable], plan: noSmallerTiers, limits };
    expect(refusalOf(facts).code).toBe("budget_exhausted");
  });
});

describe("a free model", () => {
  it.each([
    ["an empty budget", limitsOf({ budgetLeftMicroVnd: 0n })],
    ["an overdraft", limitsOf({ budgetLeftMicroVnd: -1_000_000n })],
    ["a cap of nothing", limitsOf({ dailyLeftMicroVnd: 0n, perQueryMicroVnd: 0n })],
  ])("answers on %s, with nothing held", (_name, limits) => {
    const pacing = { ...factsOf().pacing, usedMicroVnd: factsOf().pacing.limitMicroVnd };
    expect(plan({ candidates: [small, freeModel, large], limits, pacing })).toMatchObject({
      modelId: "demo/free",
      holdMicroVnd: 0n,
      expectedCostMicroVnd: 0n,
      shadowPrice: null,
    });
  });

  it("does not drive out better ones while there is money", () => {
    expect(plan({ candidates: [freeModel, large] }).modelId).toBe("demo/large");
  });

  it("is admitted only with a price row: unpriced stays closed", () => {
    expect(refusalOf({ candidates: [{ ...freeModel, prices: [] }] }).code).toBe("model_unpriced");
  });

  it("is paid like any other when its price is not zero", () => {
    const mislabelled = { ...small, isFree: true };
    const limits = limitsOf({ budgetLeftMicroVnd: 0n });
    expect(refusalOf({ candidates: [mislabelled], limits }).code).toBe("budget_exhausted");
  });
});
