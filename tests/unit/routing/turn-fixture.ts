import type { ModelPrice } from "@/domain/pricing/price-usage.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";

export const DAY_MS = 86_400_000;

const anyCategory = { simple: 250, medium: 600, complex: 1_200 };

export const policy: RoutingPolicy = {
  version: "test-1",
  pacing: { kind: "linear", queriesPerDay: 8, qualityPerAllowance: 0.1 },
  cutPoints: { medium: 0.34, complex: 0.62 },
  outputTokensExpected: {
    chat: anyCategory,
    question: anyCategory,
    writing: anyCategory,
    translation: anyCategory,
    code: anyCategory,
    maths: anyCategory,
    analysis: anyCategory,
    image: anyCategory,
  },
  outputFactorByCurve: {},
  outputTokensP95: {
    chat: 800,
    question: 1_500,
    writing: 2_500,
    translation: 2_000,
    code: 3_500,
    maths: 2_500,
    analysis: 3_000,
    image: 1_000,
  },
  qualityCurves: {},
  preferredBonus: 0.03,
  historyTokensMax: 24_000,
  imageWishConfidence: 0.8,
};

/** Eleven points from easy down to hard. */
const line = (easy: number, hard: number) =>
  Array.from({ length: 11 }, (_, index) => easy + ((hard - easy) * index) / 10);
const curve = (points: readonly number[], maths: readonly number[]) => ({
  ...{ chat: points, question: points, writing: points, translation: points },
  ...{ code: points, maths, analysis: points, image: points },
});

/** Market pacing of 56 questions a week, most of them easy; maths is harder for the cheap curve. */
export const marketPolicy: RoutingPolicy = {
  ...policy,
  version: "test-market",
  pacing: {
    kind: "market",
    questionsPerWeek: 56,
    priorWeeks: 0.15,
    mixPriorQuestions: 8,
    biddingShare: 0.75,
    reserveFactor: 2,
    reserveBurstWeeks: 0.5,
    reserveQuestionsMin: 6,
    typicalQuestions: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((score) => ({
      ...{ score, category: "question" as const, inputTokens: 700, share: 1.2 - score },
    })),
  },
  qualityCurves: {
    economy: curve(line(0.86, 0.4), line(0.8, 0.2)),
    premium: curve(line(0.93, 0.84), line(0.93, 0.8)),
  },
};

/** At this rate 1,000 pico-USD are one micro-VND, so $1 per Mtok is 1,000 micro-VND a token. */
export const rate = { id: "rate", rateMilliVnd: 1_000_000n };

/** A price in micro-VND per token at `rate`; cache writes twice the input, as `set-price` has it. */
export const priced = (input: bigint, output: bigint, contextTokensMin = 0): ModelPrice => ({
  id: `price-${input}-${output}-${contextTokensMin}`,
  contextTokensMin,
  freshInputPicoUsd: input * 1_000n,
  cachedInputPicoUsd: input * 1_000n,
  cacheWrite5mPicoUsd: input * 2_000n,
  cacheWrite1hPicoUsd: input * 2_000n,
  outputPicoUsd: output * 1_000n,
});

/** A demo model: its wire writes no cache and counts as we do, plus 64 framing tokens. */
export const candidate = (name: string, parts: Partial<CandidateFacts> = {}): CandidateFacts => ({
  modelId: `demo/${name}`,
  provider: "demo",
  tier: "economy",
  contextTokensMax: 128_000,
  outputTokensMax: 8_192,
  outputTokensMin: 64,
  qualityCurve: { easy: 0.86, hard: 0.4 },
  isFree: false,
  isEnabled: true,
  isProviderConfigured: true,
  isHealthy: true,
  prices: [priced(10n, 40n)],
  ...parts,
});

export const small = candidate("small");
export const middle = candidate("middle", {
  tier: "standard",
  qualityCurve: { easy: 0.9, hard: 0.64 },
  prices: [priced(20n, 100n)],
});
export const large = candidate("large", {
  tier: "premium",
  qualityCurve: { easy: 0.93, hard: 0.84 },
  prices: [priced(40n, 240n)],
});
export const freeModel = candidate("free", {
  isFree: true,
  qualityCurve: { easy: 0.5, hard: 0.2 },
  prices: [priced(0n, 0n)],
});

/** 100,000 ₫ for a month that has just begun, three models, a hard question of 936 tokens. */
export const factsOf = (parts: Partial<TurnFacts> = {}): TurnFacts => ({
  complexity: { score: 0.9, label: "complex", category: "analysis", confidence: 0.9 },
  inputTokensEstimated: 936,
  callerOutputTokensMax: null,
  requestedModelId: "auto",
  requestedProvider: null,
  isOptimizationOn: true,
  plan: {
    id: "premium",
    tiers: ["economy", "standard", "premium"],
    defaultTier: "standard",
    outputTokensMax: 8_192,
  },
  preferredModelIds: [],
  blockedModelIds: [],
  limits: limitsOf(),
  pacing: {
    startsAtMs: 0,
    endsAtMs: 30 * DAY_MS,
    nowMs: 0,
    limitMicroVnd: 100_000_000_000n,
    usedMicroVnd: 0n,
    reservedMicroVnd: 0n,
    isSoftLandingOn: true,
  },
  demand: null,
  outputFactor: 1,
  warmCache: null,
  rate,
  candidates: [small, middle, large],
  ...parts,
});

export const limitsOf = (parts: Partial<TurnFacts["limits"]> = {}): TurnFacts["limits"] => ({
  budgetLeftMicroVnd: 100_000_000_000n,
  memberLeftMicroVnd: null,
  dailyLeftMicroVnd: null,
  freeCeilingLeftMicroVnd: null,
  perQueryMicroVnd: null,
  ...parts,
});
