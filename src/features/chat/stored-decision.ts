import { z } from "zod";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";

const share = z.number().min(0).max(1);
const whole = z.number().int();
const bigintText = z
  .string()
  .regex(/^-?\d+$/)
  .transform((text) => BigInt(text));
const tier = z.enum(["economy", "standard", "premium"]);
const category = z.enum(queryCategories);
/** A version's window is kept with it and decides nothing any more. */
const window = { validFrom: z.string().optional(), validTo: z.string().nullable().optional() };

const price = z.strictObject({
  id: z.string(),
  modelId: z.string().optional(),
  ...window,
  contextTokensMin: whole,
  freshInputPicoUsd: bigintText,
  cachedInputPicoUsd: bigintText,
  cacheWrite5mPicoUsd: bigintText,
  cacheWrite1hPicoUsd: bigintText,
  outputPicoUsd: bigintText,
});

const candidate = z.strictObject({
  modelId: z.string(),
  provider: z.string(),
  tier,
  contextTokensMax: whole,
  outputTokensMax: whole,
  outputTokensMin: whole,
  qualityCurve: z.union([
    z.strictObject({ easy: z.number(), hard: z.number() }),
    z.strictObject({ curve: z.string(), offset: z.number() }),
  ]),
  isFree: z.boolean(),
  isEnabled: z.boolean(),
  isProviderConfigured: z.boolean(),
  isHealthy: z.boolean().default(true),
  prices: z.array(price),
});

const demand = z.strictObject({
  questionsSeen: z.number(),
  weeksSeen: z.number(),
  weeksLeft: z.number(),
  recent: z.array(z.strictObject({ score: share, category, inputTokens: z.number() })),
});

const label = z.enum(["simple", "medium", "complex"]);

const facts = z.strictObject({
  complexity: z.strictObject({ score: share, label, category, confidence: share }),
  inputTokensEstimated: whole,
  callerOutputTokensMax: whole.nullable(),
  requestedModelId: z.string(),
  requestedProvider: z.string().nullable(),
  isOptimizationOn: z.boolean(),
  plan: z.strictObject({
    id: z.string(),
    tiers: z.array(tier),
    defaultTier: tier,
    outputTokensMax: whole,
  }),
  preferredModelIds: z.array(z.string()),
  blockedModelIds: z.array(z.string()),
  limits: z.strictObject({
    budgetLeftMicroVnd: bigintText,
    memberLeftMicroVnd: bigintText.nullable(),
    dailyLeftMicroVnd: bigintText.nullable(),
    freeCeilingLeftMicroVnd: bigintText.nullable(),
    perQueryMicroVnd: bigintText.nullable(),
  }),
  pacing: z.strictObject({
    startsAtMs: whole,
    endsAtMs: whole,
    nowMs: whole,
    limitMicroVnd: bigintText,
    usedMicroVnd: bigintText,
    reservedMicroVnd: bigintText,
    isSoftLandingOn: z.boolean(),
  }),
  demand: demand.nullable().default(null),
  outputFactor: z.number().default(1),
  warmCache: z.strictObject({ modelId: z.string(), inputTokens: whole }).nullable().default(null),
  rate: z.strictObject({ id: z.string(), rateMilliVnd: bigintText, ...window }).nullable(),
  candidates: z.array(candidate),
});

/** What is compared of a plan; the rest of it explains these. */
const plan = z.object({
  modelId: z.string(),
  outputTokensMax: whole,
  holdMicroVnd: bigintText,
  expectedCostMicroVnd: bigintText,
  reasonCode: z.string(),
  referenceModelId: z.string(),
  policyVersion: z.string(),
});

const shadow = z.strictObject({
  policyVersion: z.string(),
  modelId: z.string().nullable(),
  expectedCostMicroVnd: bigintText.nullable(),
  expectedQuality: z.number().nullable(),
  refusedCode: z.string().nullable(),
});

const storedDecision = z.object({ facts, plan, shadow: shadow.nullable().default(null) });

export type StoredPlan = z.output<typeof plan>;
export type StoredShadow = z.output<typeof shadow>;

/** A decision as it was kept with its turn. */
export type StoredDecision = {
  readonly facts: TurnFacts;
  readonly plan: StoredPlan;
  readonly shadow: StoredShadow | null;
};

/**
 * Reads `turns.decision` back. Decisions of before learned demand, warm caches and provider health
 * get what the engine assumed then; anything else unknown is an error, for a fact that is passed
 * over could be the one that decided.
 * @throws ZodError for a document the product never wrote.
 */
export function readStoredDecision(document: unknown): StoredDecision {
  return storedDecision.parse(document);
}
