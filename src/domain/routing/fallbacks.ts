import { fitCandidate, type FitInput, type FittedCandidate } from "./fit-candidate.ts";

/** Who answers in the chosen model's place when that cannot; its cap fits the same hold. */
export type Fallback = {
  readonly modelId: string;
  readonly provider: string;
  readonly outputTokensMax: number;
};

const FALLBACKS_MAX = 2;

/**
 * The next best candidates, those of another provider first (what fails a model often fails all of
 * its provider). Each is fitted into the hold of the chosen one, so that the hold never grows for a
 * failure that may not come; whoever does not fit it is no fallback.
 * @param others the other candidates that fitted the budget, best first.
 */
export function fallbacksFor(
  input: FitInput,
  best: FittedCandidate,
  others: readonly FittedCandidate[],
): readonly Fallback[] {
  const isElsewhere = (one: FittedCandidate) => one.candidate.provider !== best.candidate.provider;
  const ordered = [
    ...others.filter(isElsewhere),
    ...others.filter((one) => one !== best && !isElsewhere(one)),
  ];
  return ordered
    .map(({ candidate }) => fitCandidate(input, candidate, best.holdMicroVnd))
    .filter((fitted) => fitted !== null)
    .slice(0, FALLBACKS_MAX)
    .map(({ candidate, outputTokensMax }) => ({
      modelId: candidate.modelId,
      provider: candidate.provider,
      outputTokensMax,
    }));
}
