import type { DemandFacts, PacingFacts } from "@/domain/routing/turn-facts.ts";
import type { MarketPacing, TypicalQuestion } from "./pacing-parameters.ts";

const WEEK_MS = 7 * 86_400_000;
const HALF_DAY_WEEKS = 1 / 14;

/** Questions expected in a span of the period, and what they are like. */
export type ExpectedDemand = {
  /** Those that bid, >= 0; the question being asked is not among them. */
  readonly questions: number;
  /** How many may have to be answered at the worst: kept affordable at the cheapest candidate. */
  readonly questionsReserved: number;
  /** Shares add up to 1. */
  readonly mix: readonly TypicalQuestion[];
};

/**
 * The demand that shares the budget with the question being asked. The rate is the mean of a gamma
 * posterior: the prior's questions and weeks plus the organisation's own. The mix is the prior's
 * typical questions and the recent ones, each own question counting one. With the soft landing on it
 * is the demand of the rest of the period, else of the whole period.
 * @returns `questions` >= 0. Source: conjugate gamma prior of a Poisson rate.
 */
export function expectedDemand(
  pacing: PacingFacts,
  demand: DemandFacts | null,
  parameters: MarketPacing,
): ExpectedDemand {
  const { questionsPerWeek, priorWeeks } = parameters;
  const weeks = weeksToServe(pacing, demand);
  const seen = questionsPerWeek * priorWeeks + (demand?.questionsSeen ?? 0);
  const questionsAWeek = seen / (priorWeeks + (demand?.weeksSeen ?? 0));
  return {
    questions: questionsAWeek * weeks * parameters.biddingShare,
    questionsReserved: questionsReserved(
      {
        weeks,
        calendarWeeks: calendarWeeksLeft(pacing),
        questionsAWeek: Math.max(questionsAWeek, questionsPerWeek),
      },
      parameters,
    ),
    mix: mixOf(demand, parameters),
  };
}

/**
 * A quiet time promises nothing: the reserve never expects less than the prior. A burst keeps to no
 * rhythm but needs time: what is kept for it is let go of during the last half day.
 */
function questionsReserved(
  expected: {
    readonly weeks: number;
    readonly calendarWeeks: number;
    readonly questionsAWeek: number;
  },
  parameters: MarketPacing,
): number {
  const { reserveFactor, reserveBurstWeeks, reserveQuestionsMin } = parameters;
  const burstWeeks = reserveBurstWeeks * Math.min(1, expected.calendarWeeks / HALF_DAY_WEEKS);
  const weeks = reserveFactor * expected.weeks + burstWeeks;
  return expected.questionsAWeek * weeks + reserveQuestionsMin;
}

function weeksToServe(pacing: PacingFacts, demand: DemandFacts | null): number {
  const periodMs = Math.max(0, pacing.endsAtMs - pacing.startsAtMs);
  if (!pacing.isSoftLandingOn) return periodMs / WEEK_MS;
  if (demand !== null) return Math.max(0, demand.weeksLeft);
  return calendarWeeksLeft(pacing);
}

function calendarWeeksLeft({ startsAtMs, endsAtMs, nowMs }: PacingFacts): number {
  return Math.min(Math.max(0, endsAtMs - startsAtMs), Math.max(0, endsAtMs - nowMs)) / WEEK_MS;
}

function mixOf(demand: DemandFacts | null, parameters: MarketPacing): readonly TypicalQuestion[] {
  const recent = demand?.recent ?? [];
  const { typicalQuestions, mixPriorQuestions } = parameters;
  const total = typicalQuestions.reduce((sum, { share }) => sum + share, 0);
  const all = mixPriorQuestions + recent.length;
  const typical = typicalQuestions.map((question) => ({
    ...question,
    share: (question.share / total) * (mixPriorQuestions / all),
  }));
  return [...typical, ...recent.map((question) => ({ ...question, share: 1 / all }))];
}
