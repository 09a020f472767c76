import type { QueryCategory } from "@/domain/complexity/score-query.ts";

/** Pacing of the first policy: every question of the period gets the same allowance. */
export type LinearPacing = {
  readonly kind: "linear";
  /** How many questions a person is expected to ask a day. */
  readonly queriesPerDay: number;
  /** How much quality (0 to 1) spending one whole allowance must bring. */
  readonly qualityPerAllowance: number;
};

/** One kind of question the prior expects, and how common it is beside the others. */
export type TypicalQuestion = {
  /** Difficulty in [0, 1]. */
  readonly score: number;
  readonly category: QueryCategory;
  readonly inputTokens: number;
  /** Weight > 0; only its proportion to the others counts. */
  readonly share: number;
};

/** Market pacing: the expected questions of the period bid for what is left of the budget. */
export type MarketPacing = {
  readonly kind: "market";
  /** The prior's rate: questions a week, > 0. */
  readonly questionsPerWeek: number;
  /** How many weeks of own experience the prior's rate is worth, > 0. */
  readonly priorWeeks: number;
  /** How many own questions the typical ones together are worth, > 0. */
  readonly mixPriorQuestions: number;
  /**
   * Share of the expected demand that bids for the budget, in (0, 1]. Below 1 the plan spends ahead:
   * what was spent too early is made good by cheaper answers later, what was saved in vain by
   * nothing.
   */
  readonly biddingShare: number;
  /** Demand kept answerable by the cheapest candidate: this many times the expected, >= 1, */
  readonly reserveFactor: number;
  /** a sudden burst worth so many weeks of demand, >= 0, let go of only in the last half day, */
  readonly reserveBurstWeeks: number;
  /** and so many questions to the last minute of the period, >= 0. */
  readonly reserveQuestionsMin: number;
  /** Not empty. */
  readonly typicalQuestions: readonly TypicalQuestion[];
};

/** The engine's pacing parameters; part of the policy version. */
export type PacingParameters = LinearPacing | MarketPacing;
