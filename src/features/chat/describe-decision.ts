import type { TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import type { DecisionView } from "./schema.ts";
import type { ShadowDecision } from "./shadow-decision.ts";

/** Money becomes decimal strings; everything else is JSON already. */
function asJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "bigint" ? part.toString() : part,
    ),
  );
}

/**
 * The decision as it is kept with the turn: its facts, the plan and what clients are shown, enough
 * to replay it, and what the shadow policy would have done. Of the candidates only those with a
 * price and a key are kept: the others could not be chosen.
 */
export function storedDecision(
  facts: TurnFacts,
  plan: TurnPlan,
  shadow: ShadowDecision | null,
): unknown {
  const candidates = facts.candidates.filter(
    (candidate) => candidate.isProviderConfigured && candidate.prices.length > 0,
  );
  const view = decisionViewOf(facts, plan);
  return asJson({ facts: { ...facts, candidates }, plan, view, shadow });
}

/**
 * The decision as it turned out: where another model answered than the chosen one, that is named,
 * and which it replaced.
 */
export function servedDecision(view: DecisionView, served: ServedModel): DecisionView {
  if (served.modelId === view.modelId) return view;
  return { ...view, ...served, replacedModelId: view.modelId };
}

/** The same from a stored turn, whose receipt names the model that answered. */
export function asServed(view: DecisionView, servedModelId: string): DecisionView {
  if (servedModelId === view.modelId) return view;
  const provider = servedModelId.split("/")[0] ?? view.provider;
  return { ...view, modelId: servedModelId, provider, replacedModelId: view.modelId };
}

export type ServedModel = {
  readonly modelId: string;
  readonly provider: string;
  readonly outputTokensMax: number;
};

/** The decision as clients see it (`contract.md` 1). */
export function decisionViewOf(facts: TurnFacts, plan: TurnPlan): DecisionView {
  return {
    modelId: plan.modelId,
    provider: plan.provider,
    score: facts.complexity.score,
    label: facts.complexity.label,
    category: facts.complexity.category,
    expectedCostMicroVnd: plan.expectedCostMicroVnd.toString(),
    reasonCode: plan.reasonCode,
    outputTokensMax: plan.outputTokensMax,
    policyVersion: plan.policyVersion,
    referenceModelId: plan.referenceModelId,
    savedExpectedMicroVnd: plan.savedExpectedMicroVnd.toString(),
    stronger:
      plan.stronger === null
        ? null
        : {
            modelId: plan.stronger.modelId,
            expectedCostMicroVnd: plan.stronger.expectedCostMicroVnd.toString(),
          },
    answersLeft: plan.answersLeft,
    strongerAnswersLeft: plan.strongerAnswersLeft,
    replacedModelId: null,
    isCapTight: plan.isCapTight,
  };
}
