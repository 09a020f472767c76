import { DomainError } from "@/domain/errors.ts";
import { expectedTurnCostMicroVnd } from "@/domain/routing/expected-cost.ts";
import { expectedQuality } from "@/domain/routing/expected-quality.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import type { StoredPlan, StoredShadow } from "./stored-decision.ts";

/** What a policy makes of stored facts: a plan, the code of a refusal, or nothing it could decide. */
export type Replayed =
  | { readonly kind: "plan"; readonly plan: TurnPlan }
  | { readonly kind: "refused"; readonly code: string };

/** The refusals that rest on more than the facts cannot come again: such turns have no decision. */
export function replayDecision(facts: TurnFacts, policy: RoutingPolicy): Replayed {
  const { category, confidence } = facts.complexity;
  if (category === "image" && confidence >= policy.imageWishConfidence) {
    return { kind: "refused", code: "feature_disabled" };
  }
  try {
    return { kind: "plan", plan: planTurn(facts, policy) };
  } catch (error) {
    return { kind: "refused", code: error instanceof DomainError ? error.code : "failed" };
  }
}

/** The names of what came out otherwise than it was stored; [] when nothing did. */
export function differencesOf(stored: StoredPlan, replayed: Replayed): readonly string[] {
  if (replayed.kind === "refused") return [`refused ${replayed.code}`];
  const { plan } = replayed;
  const compared = [
    "modelId",
    "outputTokensMax",
    "holdMicroVnd",
    "expectedCostMicroVnd",
    "reasonCode",
    "referenceModelId",
  ] as const;
  return compared.filter((name) => stored[name] !== plan[name]);
}

/** The same for what a shadow policy recorded. */
export function shadowDifferencesOf(stored: StoredShadow, replayed: Replayed): readonly string[] {
  if (replayed.kind === "refused") {
    return stored.refusedCode === replayed.code ? [] : [`refused ${replayed.code}`];
  }
  const { plan } = replayed;
  const compared = ["modelId", "expectedCostMicroVnd", "expectedQuality"] as const;
  return compared.filter((name) => stored[name] !== plan[name]);
}

/** What a model's answer to these facts costs and brings in one policy's eyes. */
export type Weight = { readonly costMicroVnd: bigint; readonly quality: number };

/**
 * Weighs a model by a policy, whoever chose it, so that two choices compare on one scale.
 * @returns null for a model the facts do not hold.
 */
export function weigh(facts: TurnFacts, policy: RoutingPolicy, modelId: string): Weight | null {
  const candidate = facts.candidates.find((one) => one.modelId === modelId);
  const { rate } = facts;
  if (candidate === undefined || rate === null) return null;
  return {
    costMicroVnd: expectedTurnCostMicroVnd({ facts, policy, rate }, candidate),
    quality: expectedQuality(candidate, facts.complexity, policy),
  };
}
