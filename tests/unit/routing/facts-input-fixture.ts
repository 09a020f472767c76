import { buildFacts, type FactsInput } from "@/features/chat/build-facts.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";
import { catalogueDocument } from "@/features/models/schema.ts";
import { complexityModel } from "@/server/complexity-model.ts";
import { policy } from "./turn-fixture.ts";

export const NOW = new Date("2026-11-21T03:00:00Z");
export const USER_ID = "user-1";
export const priceRow = {
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
export const rateRow = {
  id: "rate-1",
  validFrom: "2026-01-01T00:00:00Z",
  validTo: null,
  rateMilliVnd: "26260000",
};
const nobody = { allowedUserIds: [], deniedUserIds: [] };
export const flagRow = { key: "cost_optimization", enabled: true, rolloutPercent: 100, ...nobody };

export const catalogueOf = (parts: object = {}) =>
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
export const settingsOf = (parts: Partial<NonNullable<Document["settings"]>> = {}) => ({
  monthlyBudget: null,
  dailyCap: null,
  maxCostPerQuery: null,
  isOptimizationOn: true,
  preferredModels: [],
  blockedModels: [],
  isSoftLandingOn: true,
  ...parts,
});
export const documentOf = (parts: Partial<Document> = {}): Document => ({
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
  previous: null,
  profiles: { demand: null, output: null },
  turnsInConversation: 0,
  ...parts,
});

export const previousOf = (
  parts: Partial<NonNullable<Document["previous"]>> = {},
): NonNullable<Document["previous"]> => ({
  score: 0.5,
  category: "analysis",
  modelId: "openai/a",
  provider: "openai",
  inputTokens: 2_000,
  askedAt: new Date(NOW.getTime() - 60_000).toISOString(),
  ...parts,
});

export const requestOf = (parts: object = {}) =>
  sendMessageInput.parse({
    messageId: "00000000-0000-4000-8000-000000000001",
    messages: [{ role: "user", content: "Xin chào" }],
    ...parts,
  });

export const factsWith = (parts: Partial<FactsInput> = {}) =>
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
    scorer: complexityModel(),
    profiles: { demand: null, output: null },
    question: "Xin chào",
    isHistoryWhole: true,
    inputTokensEstimated: 12,
    configuredProviders: new Set(["openai"]),
    freeCeilingMicroVnd: null,
    ...parts,
  });
