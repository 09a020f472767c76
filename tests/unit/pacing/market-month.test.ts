import { describe, expect, it } from "vitest";
import { demandFacts, learnDemand, type PastAnswer } from "@/domain/demand/demand-profile.ts";
import { DomainError } from "@/domain/errors.ts";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { DAY_MS, factsOf, limitsOf, marketPolicy, rate } from "../routing/turn-fixture.ts";
import { candidates, monthOf, MONTH_MS, type Question } from "./month-fixture.ts";

/** As the policy's prior expects: 56 a week. */
const ORDINARY = 240;
const HOUR_MS = 3_600_000;
const seeds = Array.from({ length: 6 }, (_, index) => index + 1);

const evenly = (roll: () => number) => roll() * MONTH_MS;
/** Two thirds in four hours each of the 6th, 15th and 24th. */
const inBursts = (roll: () => number) =>
  roll() < 1 / 3 ? evenly(roll) : (5 + 9 * Math.floor(3 * roll()) + roll() / 6) * DAY_MS;
const quietFirstHalf = (roll: () => number) =>
  (roll() < 0.2 ? roll() / 2 : 0.5 + roll() / 2) * MONTH_MS;

const traffics = [
  ["normal", ORDINARY, evenly],
  ["half", ORDINARY / 2, evenly],
  ["double", 2 * ORDINARY, evenly],
  ["in bursts", ORDINARY, inBursts],
  ["quiet in its first half", ORDINARY, quietFirstHalf],
] as const;

/** From where the cheapest model just fits a doubled month (at about 9 ₫ an answer) upwards. */
const limits: readonly bigint[] = [4_700_000_000n, 8_000_000_000n, 20_000_000_000n];

function factsAt(
  { atMs, score, input }: Question,
  money: { readonly limit: bigint; readonly used: bigint },
  demand: TurnFacts["demand"],
): TurnFacts {
  return factsOf({
    complexity: { score, label: "medium", category: "question", confidence: 0.8 },
    inputTokensEstimated: input,
    limits: limitsOf({ budgetLeftMicroVnd: money.limit - money.used }),
    pacing: {
      ...factsOf().pacing,
      ...{ limitMicroVnd: money.limit, usedMicroVnd: money.used, nowMs: atMs },
    },
    demand,
    candidates,
  });
}

/** Lives through a month that learns as it goes; answers are twice the expected length at most. */
function live(questions: readonly Question[], limit: bigint) {
  const answers: PastAnswer[] = [];
  let profile: ReturnType<typeof learnDemand> | null = null;
  let used = 0n;
  let best = 0;
  for (const question of questions) {
    const now = { nowMs: question.atMs, endsAtMs: MONTH_MS, questionsToday: 0 };
    const plan = planOrNull(factsAt(question, { limit, used }, demandFacts(profile, now)));
    if (plan === null) continue;
    if (plan.modelId === "demo/large") best += 1;
    const output = Math.min(
      plan.outputTokensMax,
      Math.ceil(2 * expectedOutput(question) * question.lengthShare),
    );
    used += costOf(plan.modelId, question, output);
    expect(used <= limit).toBe(true);
    answers.unshift(answerOf(question, output));
    if (question.atMs - (profile?.learnedAtMs ?? -Infinity) > HOUR_MS) {
      profile = learnDemand(answers, { fromMs: 0, nowMs: question.atMs });
    }
  }
  const usedShare = Number(used) / Number(limit);
  return { usedShare, best, unanswered: questions.length - answers.length };
}

function planOrNull(facts: TurnFacts): TurnPlan | null {
  try {
    return planTurn(facts, marketPolicy);
  } catch (error) {
    if (error instanceof DomainError && error.code === "budget_exhausted") return null;
    throw error;
  }
}

const expectedOutput = ({ score }: Question) => (score >= 0.62 ? 1_200 : score >= 0.34 ? 600 : 250);

function costOf(modelId: string, question: Question, output: number): bigint {
  const model = candidates.find((candidate) => candidate.modelId === modelId);
  const usage = { ...noTokens, freshInput: question.input, output };
  return priceUsage(usage, model?.prices ?? [], rate).costMicroVnd;
}

const answerOf = ({ atMs, score, input }: Question, outputTokens: number): PastAnswer => ({
  ...{ userId: "u", askedAtMs: atMs, score, category: "question", isWhole: true },
  ...{ inputTokens: input, outputTokens },
});

const cheapestCost = (questions: readonly Question[]) =>
  questions.reduce((sum, question) => {
    const output = Math.ceil(2 * expectedOutput(question) * question.lengthShare);
    return sum + costOf("demo/small", question, output);
  }, 0n);

describe("a month of market pacing", () => {
  it.each(traffics)(
    "that is %s is answered to its end, and uses its budget or gives all the best",
    (_name, count, instantOf) => {
      for (const limit of limits) {
        for (const seed of seeds) {
          const questions = monthOf(seed, count, instantOf);
          expect(cheapestCost(questions)).toBeLessThan(limit);
          const { unanswered, usedShare, best } = live(questions, limit);
          const month = `limit ${limit}, seed ${seed}: ${best} best, ${usedShare.toFixed(3)} used`;
          expect(unanswered, month).toBe(0);
          expect(usedShare >= 0.9 || best === count, month).toBe(true);
        }
      }
    },
  );
});
