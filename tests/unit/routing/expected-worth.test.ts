import { describe, expect, it } from "vitest";
import { labelOf } from "@/domain/complexity/score-query.ts";
import { expectedTurnCostMicroVnd } from "@/domain/routing/expected-cost.ts";
import { expectedQuality, hardestQuality } from "@/domain/routing/expected-quality.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import {
  factsOf,
  freeModel,
  large,
  limitsOf,
  marketPolicy,
  middle,
  policy,
  priced,
  rate,
  small,
} from "./turn-fixture.ts";

const named = (curve: string, offset = 0): CandidateFacts => ({
  ...small,
  qualityCurve: { curve, offset },
});
const quality = (model: CandidateFacts, score: number, category: "chat" | "maths" = "chat") =>
  expectedQuality(model, { score, category }, marketPolicy);

describe("expected quality", () => {
  it.each([
    ["at a point of the curve", named("economy"), 0.5, "chat", 0.63],
    ["between two points", named("economy"), 0.25, "chat", 0.745],
    ["at the hardest", named("economy"), 1, "chat", 0.4],
    ["of the category", named("economy"), 1, "maths", 0.2],
    ["shifted by ops", named("economy", 0.05), 0, "chat", 0.91],
    ["never above 1", named("premium", 0.3), 0, "chat", 1],
    ["never below 0", named("economy", -0.3), 1, "maths", 0],
    ["by tier where the policy does not know the curve", named("new", 0.1), 0.5, "chat", 0.7],
    ["on its own line", small, 0.5, "maths", 0.63],
  ] as const)("is %s", (_name, model, score, category, expected) => {
    expect(quality(model, score, category)).toBeCloseTo(expected, 12);
  });

  it("orders models by the hardest questions of all categories", () => {
    expect(hardestQuality(named("economy"), marketPolicy)).toBeCloseTo((7 * 0.4 + 0.2) / 8, 12);
    expect(hardestQuality(named("new", 0.1), marketPolicy)).toBeCloseTo(0.5, 12);
    expect(hardestQuality(small, marketPolicy)).toBe(0.4);
  });
});

describe("expected cost", () => {
  const cached = { ...priced(10n, 40n), cachedInputPicoUsd: 1_000n };
  const warm = { ...small, prices: [cached] };
  const cost = (parts: Partial<TurnFacts>, model = warm) =>
    expectedTurnCostMicroVnd({ facts: factsOf(parts), policy, rate }, model);
  const output = 1_200n * 40n;

  it.each([
    ["the whole prompt afresh without a warm cache", {}, 9_360n + output],
    [
      "what the model still holds at its cached price",
      { warmCache: { modelId: "demo/small", inputTokens: 900 } },
      36n * 10n + 900n + output,
    ],
    [
      "no more of the cache than the prompt is long",
      { warmCache: { modelId: "demo/small", inputTokens: 9_000 } },
      936n + output,
    ],
    [
      "nothing of another model's cache",
      { warmCache: { modelId: "demo/other", inputTokens: 900 } },
      9_360n + output,
    ],
    ["answers as long as the person's own", { outputFactor: 0.5 }, 9_360n + 600n * 40n],
    [
      "no answer longer than the plan allows",
      { outputFactor: 4, plan: { ...factsOf().plan, outputTokensMax: 2_000 } },
      9_360n + 2_000n * 40n,
    ],
  ] satisfies [string, Partial<TurnFacts>, bigint][])("counts %s", (_name, parts, expected) => {
    expect(cost(parts)).toBe(expected);
  });

  it("takes the length of the category and of the label its own cut points give", () => {
    const expectations = {
      ...policy.outputTokensExpected,
      code: { simple: 1, medium: 2, complex: 3 },
    };
    const by = {
      ...policy,
      cutPoints: { medium: 0.1, complex: 0.95 },
      outputTokensExpected: expectations,
    };
    const complexity = { ...factsOf().complexity, category: "code" as const };
    const facts = factsOf({ complexity });
    expect(expectedTurnCostMicroVnd({ facts, policy: by, rate }, small)).toBe(9_360n + 2n * 40n);
    expect([0.05, 0.1, 0.95].map((score) => labelOf(score, by.cutPoints))).toEqual([
      "simple",
      "medium",
      "complex",
    ]);
  });

  it("keeps a long conversation at its warm model when moving on would save nothing", () => {
    const cheaper = { ...small, modelId: "demo/cheaper", prices: [priced(9n, 39n)] };
    const parts = { candidates: [warm, cheaper], inputTokensEstimated: 20_000 };
    const warmCache = { modelId: "demo/small", inputTokens: 19_000 };
    for (const by of [policy, marketPolicy]) {
      expect(planTurn(factsOf(parts), by).modelId).toBe("demo/cheaper");
      expect(planTurn(factsOf({ ...parts, warmCache }), by).modelId).toBe("demo/small");
    }
  });
});

describe("what the plan tells beside the choice", () => {
  const easy = { score: 0.05, label: "simple", category: "chat", confidence: 0.9 } as const;
  const plan = (parts: Partial<TurnFacts> = {}) => planTurn(factsOf(parts), policy);

  it("is the quality of the chosen model without the bonus of a preferred one", () => {
    const parts = { complexity: { ...easy, score: 0 }, candidates: [small] };
    expect(plan({ ...parts, preferredModelIds: ["demo/small"] }).expectedQuality).toBe(0.86);
  });

  it("is what the reference would cost more, or less", () => {
    const dear = plan();
    const reference = dear.candidates.find(({ modelId }) => modelId === "demo/middle");
    expect(dear).toMatchObject({ modelId: "demo/large", referenceModelId: "demo/middle" });
    expect(dear.savedExpectedMicroVnd).toBe(
      (reference?.expectedCostMicroVnd ?? 0n) - dear.expectedCostMicroVnd,
    );
    expect(dear.savedExpectedMicroVnd).toBeLessThan(0n);
    expect(plan({ requestedModelId: "demo/small" }).savedExpectedMicroVnd).toBe(0n);
  });

  it("is the next stronger model, also beside a picked one, and none above the best", () => {
    expect(plan().stronger).toBeNull();
    expect(plan({ requestedModelId: "demo/small" }).stronger?.modelId).toBe("demo/middle");
    expect(plan({ isOptimizationOn: false }).stronger?.modelId).toBe("demo/large");
    const blocked = { requestedModelId: "demo/small", blockedModelIds: ["demo/middle"] };
    expect(plan(blocked).stronger?.modelId).toBe("demo/large");
    const poor = {
      requestedModelId: "demo/small",
      limits: limitsOf({ budgetLeftMicroVnd: 60_000n }),
    };
    expect(plan({ ...poor, candidates: [small, large] }).stronger).toMatchObject({
      modelId: "demo/large",
      expectedCostMicroVnd: 60_000n - ((60_000n - 40_000n) % 240n),
    });
  });

  it("is the stronger one that brings most for its money", () => {
    const barely = {
      ...middle,
      modelId: "demo/barely",
      qualityCurve: { easy: 0.861, hard: 0.401 },
    };
    const candidates = [small, barely, middle, large];
    expect(plan({ candidates, requestedModelId: "demo/small" }).stronger?.modelId).toBe(
      "demo/middle",
    );
  });

  it("is how many such answers every limit that adds up leaves", () => {
    const { expectedCostMicroVnd: cost } = plan({ candidates: [small] });
    const limits = limitsOf({
      ...{ budgetLeftMicroVnd: 100n * cost, dailyLeftMicroVnd: 7n * cost + cost - 1n },
      ...{ memberLeftMicroVnd: 50n * cost, perQueryMicroVnd: 1_000_000n },
    });
    expect(plan({ candidates: [small], limits })).toMatchObject({
      answersLeft: 7,
      strongerAnswersLeft: null,
    });
    const both = plan({ candidates: [small, large], requestedModelId: "demo/small" });
    expect(both.strongerAnswersLeft).toBe(
      Number(factsOf().limits.budgetLeftMicroVnd / (both.stronger?.expectedCostMicroVnd ?? 1n)),
    );
    expect(plan({ candidates: [freeModel] }).answersLeft).toBeNull();
  });
});
