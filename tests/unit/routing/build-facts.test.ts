import { describe, expect, it } from "vitest";
import { buildFacts, memberLimitMicroVnd, type FactsInput } from "@/features/chat/build-facts.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";
import { catalogueDocument } from "@/features/models/schema.ts";
import { policy } from "./turn-fixture.ts";

const NOW = new Date("2026-11-21T03:00:00Z");
const USER_ID = "user-1";
const priceRow = {
  id: "price-1",
  modelId: "openai/a",
  validFrom: "2026-01-01T00:00:00Z",
  validTo: null,
  contextTokensMin: 0,
  freshInputPicoUsd: "150000",
  cachedInputPicoUsd: "75000",
  cacheWrite5mPicoUsd: "300000",
  cacheWrite1hPicoUsd: "300000",
  outputPicoUsd: "600000",
};
const modelRow = {
  modelId: "openai/a",
  provider: "openai",
  providerModel: "a",
  name: "A",
  tier: "economy",
  contextTokensMax: 1_000,
  outputTokensMax: 500,
  outputTokensMin: 10,
  qualityCurve: { easy: 0.9, hard: 0.5 },
  isFree: false,
  isEnabled: true,
};
const rateRow = {
  id: "rate-1",
  validFrom: "2026-01-01T00:00:00Z",
  validTo: null,
  rateMilliVnd: "26260000",
};
const nobody = { allowedUserIds: [], deniedUserIds: [] };
const flagRow = { key: "cost_optimization", enabled: true, rolloutPercent: 100, ...nobody };

const catalogueOf = (parts: object = {}) =>
  catalogueDocument.parse({
    version: "1",
    models: [modelRow],
    prices: [priceRow],
    rates: [rateRow],
    plans: [],
    policies: [],
    flags: [flagRow],
    ...parts,
  });

type Document = FactsInput["document"];
const settingsOf = (parts: Partial<NonNullable<Document["settings"]>> = {}) => ({
  monthlyBudget: null,
  dailyCap: null,
  maxCostPerQuery: null,
  isOptimizationOn: true,
  preferredModels: [],
  blockedModels: [],
  isSoftLandingOn: true,
  ...parts,
});
const documentOf = (parts: Partial<Document> = {}): Document => ({
  now: NOW.toISOString(),
  catalogue: null,
  turn: null,
  isConversationMine: false,
  period: null,
  member: null,
  settings: null,
  spentToday: { messages: 0, member: "0", freePlan: "0" },
  retried: null,
  history: [],
  previousScore: null,
  turnsInConversation: 0,
  ...parts,
});

const requestOf = (parts: object = {}) =>
  sendMessageInput.parse({
    messageId: "00000000-0000-4000-8000-000000000001",
    messages: [{ role: "user", content: "Xin chào" }],
    ...parts,
  });

const factsWith = (parts: Partial<FactsInput> = {}) =>
  buildFacts({
    userId: USER_ID,
    now: NOW,
    request: requestOf(),
    provider: "auto",
    document: documentOf(),
    period: {
      id: "period-1",
      planId: "free",
      startsAt: "2026-10-31T17:00:00.000Z",
      endsAt: "2026-11-30T17:00:00.000Z",
      limit: "9007199254740993",
      used: "993",
      reserved: "1000",
    },
    plan: {
      id: "free",
      tier: "free",
      billing: "none",
      outputTokensMax: 1_024,
      messagesDailyMax: 20,
      modelTiers: ["economy"],
      defaultModelTier: "economy",
    },
    catalogue: catalogueOf(),
    policy,
    question: "Xin chào",
    inputTokensEstimated: 12,
    configuredProviders: new Set(["openai"]),
    freeCeilingMicroVnd: null,
    ...parts,
  });

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
    const document = documentOf({ previousScore: 0.9, turnsInConversation: 4 });
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
