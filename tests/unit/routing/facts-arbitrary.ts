import fc from "fast-check";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { DAY_MS, factsOf, priced, rate } from "./turn-fixture.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const tiers = ["economy", "standard", "premium"] as const;
const tier = fc.constantFrom(...tiers);
const provider = fc.constantFrom("demo", "openai", "gemini", "anthropic", "deepseek");
const perToken = fc.bigInt({ min: 0n, max: 1_000n });
/** In the range where limits bind; overdrafts and riches too. */
const left = fc.oneof(
  { weight: 1, arbitrary: fc.bigInt({ min: -1_000_000n, max: 0n }) },
  { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 40_000_000n }) },
  { weight: 3, arbitrary: fc.bigInt({ min: 10n ** 9n, max: 10n ** 11n }) },
);
const leftIfSet = fc.option(left, { freq: 1 });

const prices = fc
  .tuple(
    perToken,
    perToken,
    fc.option(fc.tuple(fc.integer({ min: 1, max: 5_000 }), perToken, perToken)),
  )
  .map(([input, output, long]) =>
    long === null
      ? [priced(input, output)]
      : [priced(input, output), priced(long[1], long[2], long[0])],
  );

export const candidatesArbitrary: fc.Arbitrary<readonly CandidateFacts[]> = fc
  .array(
    fc.record({
      provider,
      tier,
      contextTokensMax: fc.integer({ min: 1_000, max: 200_000 }),
      outputTokensMax: fc.integer({ min: 64, max: 64_000 }),
      outputTokensMin: fc.constantFrom(1, 64, 256, 2_048),
      qualityCurve: fc.oneof(
        fc.record({ easy: share, hard: share }),
        fc.record({
          curve: fc.constantFrom("economy", "premium", "unheard-of"),
          // Stored facts know no negative zero.
          offset: fc.double({ min: -0.3, max: 0.3, noNaN: true }).map((offset) => offset + 0),
        }),
      ),
      isFree: fc.boolean(),
      isEnabled: fc.constantFrom(true, true, true, false),
      isProviderConfigured: fc.constantFrom(true, true, true, false),
      isHealthy: fc.constantFrom(true, true, true, false),
      prices: fc.oneof({ weight: 5, arbitrary: prices }, { weight: 1, arbitrary: fc.constant([]) }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((rows) =>
    rows.map((row, index) => ({
      ...row,
      modelId: `${row.provider}/model-${index}`,
      outputTokensMin: Math.min(row.outputTokensMin, row.outputTokensMax),
    })),
  );

const limits = fc.record({
  budgetLeftMicroVnd: left,
  memberLeftMicroVnd: leftIfSet,
  dailyLeftMicroVnd: leftIfSet,
  freeCeilingLeftMicroVnd: leftIfSet,
  perQueryMicroVnd: leftIfSet,
});

const plan = fc.record({
  id: fc.constant("plan"),
  tiers: fc.constantFrom(...[tiers, tiers, tiers, tiers.slice(0, 1), tiers.slice(1)]),
  defaultTier: tier,
  outputTokensMax: fc.integer({ min: 16, max: 32_000 }),
});

const complexity = share.chain((score) =>
  fc.record({
    score: fc.constant(score),
    label: fc.constantFrom("simple" as const, "medium" as const, "complex" as const),
    category: fc.constantFrom("chat" as const, "question" as const, "code" as const),
    confidence: share,
  }),
);

const demand = fc.record({
  questionsSeen: fc.double({ min: 0, max: 1_000, noNaN: true }),
  weeksSeen: fc.double({ min: 0, max: 1.44, noNaN: true }),
  weeksLeft: fc.double({ min: 0, max: 5, noNaN: true }),
  recent: fc.array(
    fc.record({
      score: share,
      category: fc.constantFrom("chat" as const, "maths" as const, "code" as const),
      inputTokens: fc.nat({ max: 8_000 }),
    }),
    { maxLength: 32 },
  ),
});

/** Any facts a turn may rest on: broken budgets, odd plans, unpriced and unreachable models. */
export const factsArbitrary: fc.Arbitrary<TurnFacts> = candidatesArbitrary.chain((candidates) => {
  const ids = candidates.map(({ modelId }) => modelId);
  return fc
    .record({
      complexity,
      plan,
      limits,
      inputTokensEstimated: fc.nat({ max: 8_000 }),
      callerOutputTokensMax: fc.option(fc.integer({ min: 1, max: 100_000 })),
      requestedModelId: fc.constantFrom(...["auto", "auto", "auto"], ...ids),
      isOptimizationOn: fc.boolean(),
      preferredModelIds: fc.subarray(ids),
      blockedModelIds: fc.oneof(fc.constant([]), fc.constant([]), fc.subarray(ids)),
      nowMs: fc.nat({ max: 30 * DAY_MS }),
      isSoftLandingOn: fc.boolean(),
      demand: fc.option(demand),
      outputFactor: fc.double({ min: 0.25, max: 4, noNaN: true }),
      warmCache: fc.option(
        fc.record({ modelId: fc.constantFrom(...ids), inputTokens: fc.nat({ max: 10_000 }) }),
      ),
    })
    .map(({ nowMs, isSoftLandingOn, ...parts }) => {
      const base = factsOf();
      const usedMicroVnd = base.pacing.limitMicroVnd - parts.limits.budgetLeftMicroVnd;
      const pacing = { ...base.pacing, usedMicroVnd, nowMs, isSoftLandingOn };
      return { ...base, ...parts, candidates, pacing, rate };
    });
});
