import { DomainError } from "@/domain/errors.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { CandidateFacts, QualityCurve, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { costOf, PRICES, RATE } from "./bench-month-costs.ts";
import type { Role } from "./bench-month-curves.ts";
import { MonthLearning, type Learned } from "./bench-month-learning.ts";
import type { BenchQuestion } from "./bench-month-questions.ts";
import type { Scored } from "./bench-month-scores.ts";
import { MONTH } from "./bench-month-traffic.ts";
import type { Month, MonthResult } from "./bench-month-policies.ts";

/** How an engine sees the questions and the two models. */
export type EngineView = {
  readonly policy: RoutingPolicy;
  readonly scoredOf: (question: BenchQuestion) => Scored;
  readonly curveOf: (role: Role, question: BenchQuestion) => QualityCurve;
  /** False: facts of before learned demand. */
  readonly isLearning: boolean;
};

/**
 * Lives through a month by the production engine: every question is planned by `planTurn` on facts
 * learned from the month so far, answered as the outcomes tell (a cut answer is not right), and paid
 * at its real cost.
 */
export function liveByEngine(view: EngineView, month: Month): MonthResult {
  const learning = view.isLearning ? new MonthLearning(view.policy) : null;
  let usedMicroVnd = 0n;
  let [right, answered, strong] = [0, 0, 0];
  for (const { question, atMs } of month.questions) {
    const scored = view.scoredOf(question);
    const learned = learning?.beforeQuestion(atMs, scored.category) ?? null;
    const facts = factsAt(view, { question, scored, atMs, usedMicroVnd, month, learned });
    const plan = planOrRefusal(facts, view.policy);
    if (plan === null) continue;
    const role = plan.modelId === "openai/strong" ? "strong" : "weak";
    usedMicroVnd += costOf(question, role, plan.outputTokensMax);
    answered += 1;
    if (role === "strong") strong += 1;
    const { right: outcome, outputTokens } = question[role];
    const isWhole = outputTokens <= plan.outputTokensMax;
    if (isWhole) right += outcome;
    const { inputTokens } = question;
    learning?.afterAnswer({ ...scored, inputTokens, outputTokens, isWhole, askedAtMs: atMs });
  }
  return { right, answered, strong, spentMicroVnd: usedMicroVnd };
}

function planOrRefusal(facts: TurnFacts, policy: RoutingPolicy) {
  try {
    return planTurn(facts, policy);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function factsAt(
  view: EngineView,
  at: {
    readonly question: BenchQuestion;
    readonly scored: Scored;
    readonly atMs: number;
    readonly usedMicroVnd: bigint;
    readonly month: Month;
    readonly learned: Learned | null;
  },
): TurnFacts {
  const { question, scored, month } = at;
  return {
    complexity: { ...scored, label: "medium", confidence: 1 },
    inputTokensEstimated: question.inputTokens,
    callerOutputTokensMax: null,
    requestedModelId: "auto",
    requestedProvider: null,
    isOptimizationOn: true,
    plan: {
      id: "bench",
      tiers: ["economy", "premium"],
      defaultTier: "premium",
      outputTokensMax: 16_384,
    },
    preferredModelIds: [],
    blockedModelIds: [],
    limits: {
      budgetLeftMicroVnd: month.budgetMicroVnd - at.usedMicroVnd,
      memberLeftMicroVnd: null,
      dailyLeftMicroVnd: null,
      freeCeilingLeftMicroVnd: null,
      perQueryMicroVnd: null,
    },
    pacing: {
      ...MONTH,
      nowMs: at.atMs,
      limitMicroVnd: month.budgetMicroVnd,
      usedMicroVnd: at.usedMicroVnd,
      reservedMicroVnd: 0n,
      isSoftLandingOn: true,
    },
    demand: at.learned?.demand ?? null,
    outputFactor: at.learned?.outputFactor ?? 1,
    warmCache: null,
    rate: RATE,
    candidates: [
      candidateOf("strong", view.curveOf("strong", question)),
      candidateOf("weak", view.curveOf("weak", question)),
    ],
  };
}

function candidateOf(role: Role, qualityCurve: QualityCurve): CandidateFacts {
  return {
    modelId: `openai/${role}`,
    provider: "openai",
    tier: role === "strong" ? "premium" : "economy",
    contextTokensMax: 128_000,
    outputTokensMax: 16_384,
    outputTokensMin: 256,
    qualityCurve,
    isFree: false,
    isEnabled: true,
    isProviderConfigured: true,
    isHealthy: true,
    prices: [PRICES[role]],
  };
}
