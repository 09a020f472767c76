import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minBigint } from "@/domain/money/division.ts";
import { DomainError } from "@/domain/errors.ts";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import {
  DAY_MS,
  factsOf,
  large,
  limitsOf,
  middle,
  priced,
  rate,
  small,
} from "../routing/turn-fixture.ts";
import { firstPolicy as policy } from "@drizzle/seed-policy.ts";

const LIMIT_MICRO_VND = 5_000_000_000n;
const MONTH_MS = 30 * DAY_MS;

/** About 6, 45 and 150 ₫ an answer: what the free plan's 5,000 ₫ buys of them is 800, 110 and 33. */
const candidates = [
  { ...small, prices: [priced(2_000n, 10_000n)] },
  { ...middle, prices: [priced(10_000n, 80_000n)] },
  { ...large, prices: [priced(30_000n, 260_000n)] },
];

type Question = {
  readonly atMs: number;
  readonly score: number;
  readonly input: number;
  readonly lengthShare: number;
};

/** A month of questions at random instants, of every difficulty and length. */
const monthOf = (perDay: { readonly min: number; readonly max: number }) => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const question = fc.record({
    atMs: fc.nat({ max: MONTH_MS - 1 }),
    score: share,
    input: fc.integer({ min: 10, max: 1_500 }),
    lengthShare: share,
  });
  const count = { minLength: perDay.min * 30, maxLength: perDay.max * 30, size: "max" as const };
  return fc
    .noBias(fc.array(question, count))
    .map((questions) => questions.sort((a, b) => a.atMs - b.atMs));
};

const labelOf = (score: number) =>
  score >= policy.cutPoints.complex
    ? "complex"
    : score >= policy.cutPoints.medium
      ? "medium"
      : "simple";

function factsAt({ atMs, score, input }: Question, usedMicroVnd: bigint): TurnFacts {
  const pacing = { ...factsOf().pacing, limitMicroVnd: LIMIT_MICRO_VND, nowMs: atMs, usedMicroVnd };
  return factsOf({
    complexity: { score, label: labelOf(score), category: "question", confidence: 0.8 },
    inputTokensEstimated: input,
    limits: limitsOf({ budgetLeftMicroVnd: LIMIT_MICRO_VND - usedMicroVnd }),
    pacing,
    candidates,
  });
}

/** Lives through a month; answers are twice the expected length at most, within their cap. */
function live(questions: readonly Question[]) {
  let usedMicroVnd = 0n;
  let answered = 0;
  let answeredInLastDay = 0;
  let askedInLastDay = 0;
  for (const question of questions) {
    const facts = factsAt(question, usedMicroVnd);
    const isLastDay = question.atMs >= MONTH_MS - DAY_MS;
    if (isLastDay) askedInLastDay += 1;
    try {
      const plan = planTurn(facts, policy);
      const model = candidates.find(({ modelId }) => modelId === plan.modelId);
      const expected = policy.outputTokensExpected[facts.complexity.label];
      const output = Math.min(plan.outputTokensMax, Math.ceil(2 * expected * question.lengthShare));
      const usage = { ...noTokens, freshInput: question.input, output };
      usedMicroVnd += priceUsage(usage, model?.prices ?? [], rate).costMicroVnd;
      expect(usedMicroVnd <= LIMIT_MICRO_VND).toBe(true);
      answered += 1;
      if (isLastDay) answeredInLastDay += 1;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(error.code).toBe("budget_exhausted");
    }
  }
  const usedShare = Number(usedMicroVnd) / Number(LIMIT_MICRO_VND);
  return { usedShare, answered, answeredInLastDay, askedInLastDay };
}

describe("a simulated month", () => {
  it("as busy as forecast answers everything, to the last day, and uses most of the budget", () => {
    fc.assert(
      fc.property(monthOf({ min: 7, max: 9 }), (questions) => {
        const month = live(questions);
        expect(month.answered).toBe(questions.length);
        expect(month.usedShare).toBeGreaterThan(0.5);
        expect(month.usedShare).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it("three times as busy still never passes the limit and still answers on the last day", () => {
    fc.assert(
      fc.property(monthOf({ min: 22, max: 26 }), (questions) => {
        const month = live(questions);
        expect(month.usedShare).toBeLessThanOrEqual(1);
        expect(month.answeredInLastDay).toBeGreaterThan(month.askedInLastDay * 0.9);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it("spends more on the same questions with ten times the budget's left, never less", () => {
    fc.assert(
      fc.property(monthOf({ min: 1, max: 1 }), (questions) => {
        for (const question of questions) {
          const [rich, poor] = [0n, 4_500_000_000n].map((usedMicroVnd) =>
            planTurn(factsAt(question, usedMicroVnd), policy),
          );
          const [richCost, poorCost] = [rich, poor].map((plan) => plan?.expectedCostMicroVnd ?? 0n);
          expect(minBigint(richCost ?? 0n, poorCost ?? 0n)).toBe(poorCost);
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});
