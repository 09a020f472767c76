import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors.ts";
import { defaultCandidate, eligibleCandidates } from "@/domain/routing/eligible-candidates.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { candidate, factsOf, large, middle, policy, priced, small } from "./turn-fixture.ts";

const idsOf = (facts: TurnFacts) => eligibleCandidates(facts).map(({ modelId }) => modelId);

function refusalOf(facts: TurnFacts): DomainError {
  try {
    eligibleCandidates(facts);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const all = (parts: Partial<CandidateFacts>) =>
  [small, middle, large].map((model) => ({ ...model, ...parts }));

describe("eligible candidates", () => {
  it("are all that the plan, the keys, the prices and the context allow", () => {
    expect(idsOf(factsOf())).toEqual(["demo/small", "demo/middle", "demo/large"]);
  });

  it.each([
    [
      "of a provider without a key",
      { candidates: [small, { ...large, isProviderConfigured: false }] },
    ],
    ["switched off", { candidates: [small, { ...large, isEnabled: false }] }],
    [
      "of a tier the plan lacks",
      { candidates: [small, large], plan: { ...factsOf().plan, tiers: ["economy"] } },
    ],
    ["the person blocked", { candidates: [small, large], blockedModelIds: ["demo/large"] }],
    ["without a price", { candidates: [small, { ...large, prices: [] }] }],
    [
      "priced for long contexts only",
      { candidates: [small, { ...large, prices: [priced(1n, 1n, 500)] }] },
    ],
    [
      "of a context the question fills",
      { candidates: [small, { ...large, contextTokensMax: 1_000 }] },
    ],
    [
      "of a context with no room for its shortest useful answer",
      { candidates: [small, { ...large, contextTokensMax: 1_063 }] },
    ],
  ] satisfies [string, Partial<TurnFacts>][])("never hold a model %s", (_name, parts) => {
    expect(idsOf(factsOf(parts))).toEqual(["demo/small"]);
  });

  it("hold a model whose context takes question and shortest useful answer to the last token", () => {
    // 936 estimated + 64 framing + 64 of output.
    expect(idsOf(factsOf({ candidates: [{ ...small, contextTokensMax: 1_064 }] }))).toHaveLength(1);
    const facts = factsOf({ candidates: [{ ...small, contextTokensMax: 1_010 }] });
    expect(idsOf({ ...facts, callerOutputTokensMax: 10 })).toHaveLength(1);
  });

  it("are those of the provider asked for", () => {
    const other = candidate("x", { modelId: "openai/x", provider: "openai" });
    const facts = factsOf({ candidates: [small, other], requestedProvider: "openai" });
    expect(idsOf(facts)).toEqual(["openai/x"]);
  });

  it("is the picked model alone", () => {
    expect(idsOf(factsOf({ requestedModelId: "demo/middle" }))).toEqual(["demo/middle"]);
  });
});

describe("the refusal when nobody is left", () => {
  it.each([
    ["provider_not_configured", { candidates: all({ isProviderConfigured: false }) }],
    ["no_model_available", { candidates: all({ isEnabled: false }) }],
    ["no_model_available", { candidates: [] }],
    ["no_model_available", { requestedProvider: "unheard-of" }],
    ["model_not_allowed", { plan: { ...factsOf().plan, tiers: [] } }],
    ["model_not_allowed", { blockedModelIds: ["demo/small", "demo/middle", "demo/large"] }],
    ["model_unpriced", { candidates: all({ prices: [] }) }],
    ["model_unpriced", { candidates: all({ prices: [priced(1n, 1n, 500)] }) }],
    ["model_unpriced", { rate: null }],
    ["payload_too_large", { inputTokensEstimated: 128_000 }],
    ["invalid_input", { requestedModelId: "demo/unknown" }],
    ["invalid_input", { requestedModelId: "demo/small", requestedProvider: "openai" }],
  ] satisfies [string, Partial<TurnFacts>][])("is %s", (code, parts) => {
    expect(refusalOf(factsOf(parts)).code).toBe(code);
  });

  it("names the outermost wall when several stand", () => {
    const walls = {
      isProviderConfigured: false,
      isEnabled: false,
      prices: [],
      contextTokensMax: 1,
    };
    const blocked = { blockedModelIds: ["demo/small", "demo/middle", "demo/large"] };
    const codes: string[] = [];
    const open: Partial<CandidateFacts> = {};
    for (const wall of [{}, { isProviderConfigured: true }, { isEnabled: true }]) {
      Object.assign(open, wall);
      codes.push(refusalOf(factsOf({ candidates: all({ ...walls, ...open }), ...blocked })).code);
    }
    codes.push(refusalOf(factsOf({ candidates: all({ ...walls, ...open }) })).code);
    Object.assign(open, { prices: small.prices });
    codes.push(refusalOf(factsOf({ candidates: all({ ...walls, ...open }) })).code);
    expect(codes).toEqual([
      "provider_not_configured",
      "no_model_available",
      "model_not_allowed",
      "model_unpriced",
      "payload_too_large",
    ]);
  });

  it("names the rule that took the last one, not one that took others before", () => {
    const candidates = [
      { ...small, isProviderConfigured: false },
      { ...middle, prices: [] },
    ];
    expect(refusalOf(factsOf({ candidates })).code).toBe("model_unpriced");
  });

  it("carries the model and provider asked for, and only those", () => {
    const candidates = all({ prices: [] });
    expect(refusalOf(factsOf({ candidates })).details).toEqual({});
    expect(
      refusalOf(factsOf({ candidates, requestedModelId: "demo/small", requestedProvider: "demo" }))
        .details,
    ).toEqual({ modelId: "demo/small", provider: "demo" });
    expect(refusalOf(factsOf({ requestedModelId: "nope" })).details).toEqual({ field: "model" });
  });
});

describe("the plan's default", () => {
  it.each([
    ["the best of the default tier", [small, middle, large], "demo/middle"],
    [
      "the better of two in the tier",
      [middle, { ...middle, modelId: "demo/better", qualityCurve: { easy: 0, hard: 0.65 } }],
      "demo/better",
    ],
    [
      "the smaller id of equals, in any order",
      [
        { ...middle, modelId: "demo/b" },
        { ...middle, modelId: "demo/a" },
      ],
      "demo/a",
    ],
    ["the best of any tier when the default tier is empty", [small, large], "demo/large"],
  ])("is %s", (_name, candidates, modelId) => {
    const facts = factsOf({ candidates });
    for (const order of [candidates, candidates.toReversed()]) {
      expect(defaultCandidate(facts, order, policy)?.modelId).toBe(modelId);
    }
  });

  it("is nobody when nobody is eligible", () => {
    expect(defaultCandidate(factsOf(), [], policy)).toBeNull();
  });
});
