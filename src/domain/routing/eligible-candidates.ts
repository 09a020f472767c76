import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { isZeroPrice } from "@/domain/pricing/zero-price.ts";
import { hardestQuality } from "./expected-quality.ts";
import { outputTokensFloor } from "./fit-candidate.ts";
import type { RoutingPolicy } from "./policy.ts";
import { inputBound } from "./provider-traits.ts";
import type { CandidateFacts, TurnFacts } from "./turn-facts.ts";

type Rule = {
  readonly code: DomainErrorCode;
  readonly admits: (candidate: CandidateFacts, facts: TurnFacts) => boolean;
};

/** From the outermost wall inwards: the first rule that leaves nobody names the refusal. */
const RULES: readonly Rule[] = [
  { code: "provider_not_configured", admits: (candidate) => candidate.isProviderConfigured },
  { code: "no_model_available", admits: (candidate) => candidate.isEnabled },
  {
    code: "model_not_allowed",
    admits: (candidate, facts) =>
      facts.plan.tiers.includes(candidate.tier) &&
      !facts.blockedModelIds.includes(candidate.modelId),
  },
  {
    code: "model_unpriced",
    admits: (candidate, facts) => facts.rate !== null && isPriced(candidate),
  },
  {
    code: "payload_too_large",
    admits: (candidate, facts) =>
      inputBound(candidate.provider, facts.inputTokensEstimated).inputTokensMax +
        outputTokensFloor(facts, candidate) <=
      candidate.contextTokensMax,
  },
  { code: "provider_failed", admits: (candidate) => candidate.isHealthy },
];

/**
 * A long-context tier alone prices no short request: without a base price a model is unpriced. So
 * is one whose base price is zero by mistake: what costs nothing is marked free.
 */
function isPriced({ prices, isFree }: CandidateFacts): boolean {
  return prices.some((price) => price.contextTokensMin === 0 && (isFree || !isZeroPrice(price)));
}

/**
 * The candidates that may answer at all, before money is looked at: asked for, configured, enabled,
 * allowed, priced, with room for the context and the shortest useful answer, of a healthy provider.
 * @throws DomainError `invalid_input` for a model that is unknown or of another provider than asked
 * for, else the code of the first rule that leaves nobody.
 */
export function eligibleCandidates(facts: TurnFacts): readonly CandidateFacts[] {
  const { requestedModelId, requestedProvider } = facts;
  let left = facts.candidates.filter(
    (candidate) =>
      (requestedModelId === "auto" || candidate.modelId === requestedModelId) &&
      (requestedProvider === null || candidate.provider === requestedProvider),
  );
  if (left.length === 0 && requestedModelId !== "auto") {
    throw new DomainError("invalid_input", "no such model at this provider", { field: "model" });
  }
  if (left.length === 0) throw new DomainError("no_model_available", "the catalogue is empty");
  for (const rule of RULES) {
    left = left.filter((candidate) => rule.admits(candidate, facts));
    if (left.length > 0) continue;
    throw new DomainError(rule.code, `no candidate is left: ${rule.code}`, {
      ...(requestedModelId === "auto" ? {} : { modelId: requestedModelId }),
      ...(requestedProvider === null ? {} : { provider: requestedProvider }),
    });
  }
  return left;
}

/**
 * The model a person of this plan would have without the engine: the best of the plan's default
 * tier (else of any tier), ties to the smaller id. Savings are measured against it.
 * @param eligible not empty.
 */
export function defaultCandidate(
  facts: TurnFacts,
  eligible: readonly CandidateFacts[],
  policy: RoutingPolicy,
): CandidateFacts | null {
  const ofTier = eligible.filter((candidate) => candidate.tier === facts.plan.defaultTier);
  const pool = ofTier.length > 0 ? ofTier : eligible;
  return pool.reduce<CandidateFacts | null>((best, candidate) => {
    if (best === null) return candidate;
    const gain = hardestQuality(candidate, policy) - hardestQuality(best, policy);
    if (gain !== 0) return gain > 0 ? candidate : best;
    return candidate.modelId < best.modelId ? candidate : best;
  }, null);
}
