import { describe, expect, it } from "vitest";
import { firstPolicy as policy } from "@drizzle/seed-policy.ts";
import { DomainError } from "@/domain/errors.ts";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { factsOf, limitsOf, rate } from "../routing/turn-fixture.ts";
import { candidates, monthOf, MONTH_MS, type Question } from "./month-fixture.ts";

/** As the policy's linear pacing forecasts. */
const QUERIES_PER_DAY = 8;
const LIMIT_MICRO_VND = 5_000_000_000n;
/** A month of questions at random instants. */
const randomMonth = (seed: number, questionsPerDay: number) =>
  monthOf(seed, questionsPerDay * 30, (roll) => roll() * MONTH_MS);

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

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
  for (const question of questions) {
    const facts = factsAt(question, usedMicroVnd);
    try {
      const plan = planTurn(facts, policy);
      const model = candidates.find(({ modelId }) => modelId === plan.modelId);
      const expected = policy.outputTokensExpected.question[facts.complexity.label];
      const output = Math.min(plan.outputTokensMax, Math.ceil(2 * expected * question.lengthShare));
      const usage = { ...noTokens, freshInput: question.input, output };
      usedMicroVnd += priceUsage(usage, model?.prices ?? [], rate).costMicroVnd;
      expect(usedMicroVnd <= LIMIT_MICRO_VND).toBe(true);
      answered += 1;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(error.code).toBe("budget_exhausted");
    }
  }
  const usedShare = Number(usedMicroVnd) / Number(LIMIT_MICRO_VND);
  return { usedShare, answered };
}

describe("a simulated month", () => {
  it("never passes the limit, however many questions a day", () => {
    for (const questionsPerDay of [1, 8, 24, 80]) {
      for (const seed of seeds.slice(0, 10)) {
        expect(live(randomMonth(seed, questionsPerDay)).usedShare).toBeLessThanOrEqual(1);
      }
    }
  });

  it.each([
    ["half as busy as forecast", 0.5, 0.4],
    ["as busy as forecast", 1, 0.75],
    ["twice as busy as forecast", 2, 0.9],
  ])(
    "%s (× %s) is answered to its last question and uses at least %s of the budget",
    (_name, factor, usedShareMin) => {
      for (const seed of seeds) {
        const questions = randomMonth(seed, QUERIES_PER_DAY * factor);
        const month = live(questions);
        expect({ seed, unanswered: questions.length - month.answered }).toEqual({
          seed,
          unanswered: 0,
        });
        expect(month.usedShare).toBeGreaterThan(usedShareMin);
      }
    },
  );

  it("three times as busy is answered seven questions in ten", () => {
    for (const seed of seeds) {
      const questions = randomMonth(seed, QUERIES_PER_DAY * 3);
      expect(live(questions).answered).toBeGreaterThan(0.7 * questions.length);
    }
  });

  it("busier than even the cheapest model could serve uses everything and refuses the rest", () => {
    for (const seed of seeds.slice(0, 10)) {
      const questions = randomMonth(seed, QUERIES_PER_DAY * 10);
      const month = live(questions);
      expect(month.usedShare).toBeGreaterThan(0.99);
      expect(month.answered).toBeLessThan(questions.length);
    }
  });

  it("turns to cheaper models when the budget is nearly gone, never to dearer ones", () => {
    for (const question of seeds.flatMap((seed) => randomMonth(seed, 1))) {
      const [rich, poor] = [0n, 4_500_000_000n].map(
        (usedMicroVnd) => planTurn(factsAt(question, usedMicroVnd), policy).expectedCostMicroVnd,
      );
      expect((poor ?? 0n) <= (rich ?? 0n)).toBe(true);
    }
  });
});
