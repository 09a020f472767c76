import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import {
  candidate,
  DAY_MS,
  factsOf,
  freeModel,
  large,
  middle,
  priced,
  small,
} from "../unit/routing/turn-fixture.ts";

/** Mulberry32: the same numbers in [0, 1) for the same seed, for ever. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const CATEGORIES = ["chat", "question", "writing", "code", "maths", "analysis"] as const;
const LIMIT_MICRO_VND = 100_000_000_000n;
const longContext = candidate("long", {
  tier: "standard",
  provider: "openai",
  qualityCurve: { easy: 0.89, hard: 0.7 },
  outputTokensMin: 2_048,
  prices: [priced(15n, 90n), priced(30n, 180n, 4_000)],
});

/**
 * Facts as a month of somebody's turns might give them: any difficulty, balances from rich to
 * nearly empty, picks, preferences, caps, switches. Labels follow the cut points 0.34 and 0.62.
 */
export function simulatedFacts(random: () => number): TurnFacts {
  const pick = <T>(items: readonly T[], fallback: T): T =>
    items[Math.floor(random() * items.length)] ?? fallback;
  const maybe = <T>(chance: number, value: T): T | null => (random() < chance ? value : null);
  const score = Math.round(random() * 10_000) / 10_000;
  const label = score >= 0.62 ? "complex" : score >= 0.34 ? "medium" : "simple";
  const pool: readonly CandidateFacts[] = [small, middle, large, freeModel, longContext];
  const candidates = pool.filter(() => random() < 0.8);
  const usedMicroVnd = BigInt(Math.floor(Number(LIMIT_MICRO_VND) * (1 - random() ** 8)));
  const left = LIMIT_MICRO_VND - usedMicroVnd;
  const base = factsOf();
  return {
    ...base,
    complexity: { score, label, category: pick(CATEGORIES, "chat"), confidence: random() },
    inputTokensEstimated: Math.floor(random() ** 3 * 20_000),
    callerOutputTokensMax: maybe(0.1, 1 + Math.floor(random() * 4_000)),
    requestedModelId: pick([...candidates.map(({ modelId }) => modelId), ...AUTO], "auto"),
    isOptimizationOn: random() < 0.9,
    preferredModelIds: random() < 0.2 ? [middle.modelId] : [],
    blockedModelIds: random() < 0.1 ? [large.modelId] : [],
    limits: {
      ...base.limits,
      budgetLeftMicroVnd: left,
      dailyLeftMicroVnd: maybe(0.1, left / 20n),
      perQueryMicroVnd: maybe(0.1, 400_000_000n),
    },
    pacing: {
      ...base.pacing,
      limitMicroVnd: LIMIT_MICRO_VND,
      usedMicroVnd,
      nowMs: Math.floor(random() * 30 * DAY_MS),
      isSoftLandingOn: random() < 0.8,
    },
    candidates,
  };
}

const AUTO = Array.from({ length: 16 }, () => "auto");

/** What learning adds to such facts: the organisation's past, and models on named curves. */
export function withPast(facts: TurnFacts, random: () => number): TurnFacts {
  const warm = facts.candidates[0];
  const weeksLeft = (facts.pacing.endsAtMs - facts.pacing.nowMs) / (7 * DAY_MS);
  return {
    ...facts,
    candidates: facts.candidates.map((one) => {
      if (one.modelId !== large.modelId) return one;
      return { ...one, qualityCurve: { curve: "premium", offset: -0.01 } };
    }),
    demand: {
      questionsSeen: Math.round(random() * 6e7) / 1e6,
      weeksSeen: Math.round(random() * 1.4e6) / 1e6,
      weeksLeft: Math.round(weeksLeft * 1e6) / 1e6,
      recent: Array.from({ length: Math.floor(random() * 32) }, () => ({
        score: Math.round(random() * 1e4) / 1e4,
        category: "question" as const,
        inputTokens: Math.floor(random() * 2_000),
      })),
    },
    outputFactor: Math.round((0.25 + random() * 2) * 1e4) / 1e4,
    warmCache:
      warm !== undefined && random() < 0.3
        ? { modelId: warm.modelId, inputTokens: Math.floor(random() * 8_000) }
        : null,
  };
}
