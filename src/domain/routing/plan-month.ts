import {
  labelOf,
  type ComplexityLabel,
  type ComplexityScore,
} from "@/domain/complexity/score-query.ts";
import { DomainError } from "@/domain/errors.ts";
import { divHalfAwayFromZero } from "@/domain/money/division.ts";
import type { PacingParameters, TypicalQuestion } from "@/domain/pacing/pacing-parameters.ts";
import { planTurn, type TurnPlan } from "./plan-turn.ts";
import type { RoutingPolicy } from "./policy.ts";
import type { TurnFacts } from "./turn-facts.ts";

/** Questions of each difficulty in one period, whole numbers >= 0. */
export type MonthDemand = Readonly<Record<ComplexityLabel, number>>;

/** What all questions of the period share: plan, settings, prices and money, nothing spent yet. */
export type MonthFacts = Omit<
  TurnFacts,
  "complexity" | "inputTokensEstimated" | "demand" | "outputFactor" | "warmCache"
>;

export type MonthLine = {
  readonly label: ComplexityLabel;
  readonly questions: number;
  /** Who answers most of them; null where no model may. */
  readonly modelId: string | null;
  /** Mean over the typical questions of the label, micro-VND. */
  readonly costPerAnswerMicroVnd: bigint | null;
};

const LABELS = ["simple", "medium", "complex"] as const;
const DAY_MS = 86_400_000;
const DAYS_PER_WEEK = 7;
/** Shares are weighed in thousandths, so that money stays in whole micro-VND. */
const SHARE_SCALE = 1_000;
/** So sure of the given demand that nothing else counts. */
const PRIOR_WEEKS = 1_000;

/** Length of the question that stands for a label the policy has no typical one of. */
const STAND_IN_TOKENS: MonthDemand = { simple: 150, medium: 400, complex: 1_000 };

/**
 * Who would answer a period's questions and at what price: `planTurn`'s own choice for the policy's
 * typical questions of each difficulty, as the period begins, expecting exactly the given demand.
 * @returns one line per label, in rising difficulty. Same input, same lines.
 */
export function planMonth(
  facts: MonthFacts,
  policy: RoutingPolicy,
  demand: MonthDemand,
): readonly MonthLine[] {
  const kinds = LABELS.map((label) => ({ label, questions: typicalOf(policy, label) }));
  const expecting = { ...policy, pacing: pacingFor(facts, policy, { demand, kinds }) };
  return kinds.map(({ label, questions }) => {
    const weighed = questions.map((question) => ({
      share: Math.max(1, Math.round(question.share * SHARE_SCALE)),
      plan: findPlan(factsOf(facts, question, label), expecting),
    }));
    return { label, questions: demand[label], ...meanOf(weighed) };
  });
}

type Kind = {
  readonly label: ComplexityLabel;
  readonly questions: readonly TypicalQuestion[];
};

function typicalOf(policy: RoutingPolicy, label: ComplexityLabel): readonly TypicalQuestion[] {
  const { pacing, cutPoints } = policy;
  const known = pacing.kind === "market" ? pacing.typicalQuestions : [];
  const found = known.filter(({ score }) => labelOf(score, cutPoints) === label);
  if (found.length > 0) return found;
  const middle: MonthDemand = {
    simple: cutPoints.medium / 2,
    medium: (cutPoints.medium + cutPoints.complex) / 2,
    complex: (cutPoints.complex + 1) / 2,
  };
  const inputTokens = STAND_IN_TOKENS[label];
  return [{ score: middle[label], category: "question", inputTokens, share: 1 }];
}

/**
 * The policy's pacing with the given demand in place of its prior. It is known for certain, so that
 * nothing is spent ahead and nothing is kept back for more.
 */
function pacingFor(
  facts: MonthFacts,
  { pacing }: RoutingPolicy,
  { demand, kinds }: { readonly demand: MonthDemand; readonly kinds: readonly Kind[] },
): PacingParameters {
  const days = Math.max(1, (facts.pacing.endsAtMs - facts.pacing.startsAtMs) / DAY_MS);
  const perDay =
    Math.max(
      1,
      LABELS.reduce((sum, label) => sum + demand[label], 0),
    ) / days;
  if (pacing.kind === "linear") return { ...pacing, queriesPerDay: perDay };
  const mix = kinds.flatMap(({ label, questions }) => {
    const shares = questions.reduce((sum, { share }) => sum + share, 0);
    return questions.map((one) => ({ ...one, share: (one.share / shares) * demand[label] }));
  });
  const asked = mix.filter(({ share }) => share > 0);
  return {
    ...pacing,
    questionsPerWeek: perDay * DAYS_PER_WEEK,
    priorWeeks: PRIOR_WEEKS,
    biddingShare: 1,
    reserveFactor: 1,
    reserveBurstWeeks: 0,
    reserveQuestionsMin: 0,
    typicalQuestions: asked.length > 0 ? asked : pacing.typicalQuestions,
  };
}

function factsOf(facts: MonthFacts, question: TypicalQuestion, label: ComplexityLabel): TurnFacts {
  const { score, category, inputTokens } = question;
  const complexity: ComplexityScore = { score, label, category, confidence: 1 };
  const unknown = { demand: null, outputFactor: 1, warmCache: null };
  return { ...facts, ...unknown, complexity, inputTokensEstimated: inputTokens };
}

/** Null when the question would be refused. */
function findPlan(facts: TurnFacts, policy: RoutingPolicy): TurnPlan | null {
  try {
    return planTurn(facts, policy);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function meanOf(
  weighed: readonly { readonly share: number; readonly plan: TurnPlan | null }[],
): Pick<MonthLine, "modelId" | "costPerAnswerMicroVnd"> {
  const shareByModel = new Map<string, number>();
  let cost = 0n;
  let shares = 0;
  for (const { share, plan } of weighed) {
    if (plan === null) return { modelId: null, costPerAnswerMicroVnd: null };
    cost += plan.expectedCostMicroVnd * BigInt(share);
    shares += share;
    shareByModel.set(plan.modelId, (shareByModel.get(plan.modelId) ?? 0) + share);
  }
  const [most] = [...shareByModel].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return {
    modelId: most?.[0] ?? null,
    costPerAnswerMicroVnd: divHalfAwayFromZero(cost, BigInt(Math.max(1, shares))),
  };
}
