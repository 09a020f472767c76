import { describe, expect, it } from "vitest";
import { memberLimitMicroVnd } from "@/features/chat/build-facts.ts";
import {
  NOW,
  USER_ID,
  priceRow,
  rateRow,
  flagRow,
  catalogueOf,
  settingsOf,
  documentOf,
  previousOf,
  requestOf,
  factsWith,
} from "./facts-input-fixture.ts";

describe("the facts of a turn", () => {
  it("hold what was asked for, and safe defaults where the person set nothing", () => {
    expect(factsWith()).toMatchObject({
      inputTokensEstimated: 12,
      callerOutputTokensMax: null,
      requestedModelId: "auto",
      requestedProvider: null,
      isOptimizationOn: true,
      plan: { id: "free", tiers: ["economy"], defaultTier: "economy", outputTokensMax: 1_024 },
      preferredModelIds: [],
      blockedModelIds: [],
      rate: { id: "rate-1", rateMilliVnd: 26_260_000n },
    });
    const request = requestOf({ model: "openai/a", max_tokens: 7 });
    expect(factsWith({ request, provider: "openai" })).toMatchObject({
      callerOutputTokensMax: 7,
      requestedModelId: "openai/a",
      requestedProvider: "openai",
    });
  });

  it("hold money exactly, beyond what a number can", () => {
    const { limits, pacing } = factsWith();
    expect(limits.budgetLeftMicroVnd).toBe(9_007_199_254_739_000n);
    expect(pacing).toEqual({
      startsAtMs: Date.parse("2026-10-31T17:00:00Z"),
      endsAtMs: Date.parse("2026-11-30T17:00:00Z"),
      nowMs: NOW.getTime(),
      limitMicroVnd: 9_007_199_254_740_993n,
      usedMicroVnd: 993n,
      reservedMicroVnd: 1_000n,
      isSoftLandingOn: true,
    });
  });

  it("hold no word of the question", () => {
    const facts = factsWith({ question: "bí mật quốc gia" });
    const text = JSON.stringify(facts, (_key, part: unknown) =>
      typeof part === "bigint" ? part.toString() : part,
    );
    expect(text).not.toContain("bí mật");
  });

  it("take the person's settings", () => {
    const settings = settingsOf({
      isSoftLandingOn: false,
      preferredModels: ["openai/a"],
      blockedModels: ["openai/b"],
    });
    const facts = factsWith({ document: documentOf({ settings }) });
    expect(facts.pacing.isSoftLandingOn).toBe(false);
    expect([facts.preferredModelIds, facts.blockedModelIds]).toEqual([["openai/a"], ["openai/b"]]);
  });

  it("take a follow-up to be as hard as what it follows", () => {
    const document = documentOf({ previous: previousOf({ score: 0.9 }), turnsInConversation: 4 });
    const question = "làm tiếp đi";
    const { complexity } = factsWith({ document, question });
    expect(complexity.score).toBeGreaterThan(factsWith({ question }).complexity.score);
  });
});

describe("cost optimization", () => {
  it.each([
    ["on by flag and person", {}, true, true],
    ["off for all", { enabled: false }, true, false],
    ["off for a denied person", { deniedUserIds: [USER_ID] }, true, false],
    ["off by the person's own switch", {}, false, false],
    ["off by the person even where the flag allows", { allowedUserIds: [USER_ID] }, false, false],
  ])("is %s", (_name, flag, isOptimizationOn, isOn) => {
    const catalogue = catalogueOf({ flags: [{ ...flagRow, ...flag }] });
    const document = documentOf({ settings: settingsOf({ isOptimizationOn }) });
    expect(factsWith({ catalogue, document }).isOptimizationOn).toBe(isOn);
  });

  it("is on where no flag says otherwise", () => {
    expect(factsWith({ catalogue: catalogueOf({ flags: [] }) }).isOptimizationOn).toBe(true);
  });
});

describe("the limits", () => {
  it("are the budget alone when nothing else is set", () => {
    expect(factsWith().limits).toEqual({
      budgetLeftMicroVnd: 9_007_199_254_739_000n,
      memberLeftMicroVnd: null,
      dailyLeftMicroVnd: null,
      freeCeilingLeftMicroVnd: null,
      perQueryMicroVnd: null,
    });
  });

  it("are each what is set minus what was spent under it, an overdraft included", () => {
    const document = documentOf({
      member: { cap: "100", spent: "30" },
      settings: settingsOf({ dailyCap: "50", maxCostPerQuery: "9" }),
      spentToday: { messages: 3, member: "60", freePlan: "1000" },
    });
    expect(factsWith({ document, freeCeilingMicroVnd: 5_000n }).limits).toMatchObject({
      memberLeftMicroVnd: 70n,
      dailyLeftMicroVnd: -10n,
      freeCeilingLeftMicroVnd: 4_000n,
      perQueryMicroVnd: 9n,
    });
  });

  it("of zero are limits, not their absence", () => {
    const settings = settingsOf({ dailyCap: "0", maxCostPerQuery: "0", monthlyBudget: "0" });
    expect(factsWith({ document: documentOf({ settings }) }).limits).toMatchObject({
      memberLeftMicroVnd: 0n,
      dailyLeftMicroVnd: 0n,
      perQueryMicroVnd: 0n,
    });
  });

  it.each([
    ["the owner's cap", "100", "200", 100n],
    ["the person's own wish when lower", "300", "200", 200n],
    ["the only one set", null, "200", 200n],
    ["the other only one", "100", null, 100n],
    ["none", null, null, null],
  ])("of a member are %s", (_name, cap, monthlyBudget, limit) => {
    const document = documentOf({
      member: { cap, spent: "0" },
      settings: settingsOf({ monthlyBudget }),
    });
    expect(memberLimitMicroVnd(document)).toBe(limit);
  });
});

describe("the candidates", () => {
  const at = (from: string, validTo: string | null, id: string) => {
    return { ...priceRow, validFrom: from, validTo, id };
  };

  it.each([
    ["2026-11-21T02:59:59.999Z", "old"],
    ["2026-11-21T03:00:00.000Z", "new"],
  ])("have the price valid at %s: the %s one, never both", (now, id) => {
    const prices = [
      at("2026-01-01T00:00:00Z", "2026-11-21T03:00:00Z", "old"),
      at("2026-11-21T03:00:00Z", null, "new"),
    ];
    const [model] = factsWith({
      now: new Date(now),
      catalogue: catalogueOf({ prices }),
    }).candidates;
    expect(model?.prices.map((price) => price.id)).toEqual([id]);
  });

  it("are unpriced once their price has ended, and before it begins", () => {
    for (const [from, to] of [
      ["2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z"],
      ["2026-12-01T00:00:00Z", null],
    ] as const) {
      const catalogue = catalogueOf({ prices: [at(from, to, "x")] });
      expect(factsWith({ catalogue }).candidates[0]?.prices).toEqual([]);
    }
  });

  it("keep every tier of the valid version", () => {
    const prices = [priceRow, { ...priceRow, id: "long", contextTokensMin: 200_000 }];
    const [model] = factsWith({ catalogue: catalogueOf({ prices }) }).candidates;
    expect(model?.prices.map((price) => price.contextTokensMin)).toEqual([0, 200_000]);
  });

  it("are configured only where their provider has a key", () => {
    const [model] = factsWith({ configuredProviders: new Set(["demo"]) }).candidates;
    expect(model?.isProviderConfigured).toBe(false);
    expect(factsWith().candidates[0]?.isProviderConfigured).toBe(true);
  });

  it("have no rate when none is valid: nothing can be priced", () => {
    const rates = [{ ...rateRow, validTo: "2026-02-01T00:00:00Z" }];
    expect(factsWith({ catalogue: catalogueOf({ rates }) }).rate).toBeNull();
  });
});
