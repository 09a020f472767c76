import { labelOf, type QueryCategory } from "@/domain/complexity/score-query.ts";
import { expectedCostMicroVnd, type ExchangeRate } from "@/domain/pricing/price-usage.ts";
import type { RoutingPolicy } from "./policy.ts";
import type { CandidateFacts, TurnFacts } from "./turn-facts.ts";

/** How long a model's answers are beside the policy's expectation of any model. */
export function outputFactorOfModel(
  { qualityCurve }: Pick<CandidateFacts, "qualityCurve">,
  policy: Pick<RoutingPolicy, "outputFactorByCurve">,
): number {
  return "curve" in qualityCurve ? (policy.outputFactorByCurve[qualityCurve.curve] ?? 1) : 1;
}

/**
 * Output tokens a question is expected to take: the policy's expectation for its category and
 * label, times what the person's own answers and the model's show, never more than the caller or
 * the plan allow.
 * @param outputFactor of the person times of the model; 1 = as the policy expects.
 */
export function expectedOutputTokens(
  question: { readonly score: number; readonly category: QueryCategory },
  outputFactor: number,
  { facts, policy }: { readonly facts: TurnFacts; readonly policy: RoutingPolicy },
): number {
  const label = labelOf(question.score, policy.cutPoints);
  const expected = Math.round(policy.outputTokensExpected[question.category][label] * outputFactor);
  return Math.min(expected, facts.callerOutputTokensMax ?? Infinity, facts.plan.outputTokensMax);
}

/**
 * The expected cost of the turn's answer by a candidate, micro-VND, rounded up. The model that
 * still holds the prompt's beginning reads that part at its cached price: moving on to another one
 * costs the whole prompt afresh.
 */
export function expectedTurnCostMicroVnd(
  input: {
    readonly facts: TurnFacts;
    readonly policy: RoutingPolicy;
    readonly rate: ExchangeRate;
  },
  candidate: CandidateFacts,
): bigint {
  const { facts, policy, rate } = input;
  const warm = facts.warmCache?.modelId === candidate.modelId ? facts.warmCache : null;
  const tokens = {
    input: facts.inputTokensEstimated,
    cachedInput: warm?.inputTokens ?? 0,
    output: expectedOutputTokens(
      facts.complexity,
      facts.outputFactor * outputFactorOfModel(candidate, policy),
      input,
    ),
  };
  return expectedCostMicroVnd(tokens, candidate.prices, rate);
}
