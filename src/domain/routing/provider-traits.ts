/**
 * How far a provider's own token count may exceed our o200k estimate, as a factor on the input
 * bound, and whether its wire can bill cache writes. OpenAI's tokenizer is the estimator itself;
 * Gemini's and Anthropic's count Vietnamese differently and publish no tokenizer, so their margins
 * are generous: a margin only enlarges the hold, never the bill. The OpenAI wire reports
 * `cache_write_tokens` (billed from gpt-5.6 on, and by compatible resellers), so it may.
 */
type ProviderTraits = {
  readonly inputMarginPercent: number;
  readonly estimateBiasPercent: number;
  readonly mayWriteCache: boolean;
  readonly promptCache: PromptCache | null;
};

/** What a provider keeps of a prompt by itself: how long, and from how many tokens on. */
export type PromptCache = { readonly lifeMs: number; readonly inputTokensMin: number };

const FIVE_MINUTES_MS = 300_000;

/**
 * OpenAI and Gemini cache unasked (Gemini's larger models from 4,096 tokens on). Anthropic caches
 * what is marked with `cache_control`, and our adapter marks nothing. Of other providers nothing is
 * promised.
 */
const TRAITS: Readonly<Record<string, ProviderTraits>> = {
  demo: { inputMarginPercent: 0, estimateBiasPercent: 0, mayWriteCache: false, promptCache: null },
  openai: {
    inputMarginPercent: 10,
    estimateBiasPercent: 0,
    mayWriteCache: true,
    promptCache: { lifeMs: FIVE_MINUTES_MS, inputTokensMin: 1_024 },
  },
  gemini: {
    inputMarginPercent: 40,
    estimateBiasPercent: 10,
    mayWriteCache: false,
    promptCache: { lifeMs: FIVE_MINUTES_MS, inputTokensMin: 4_096 },
  },
  anthropic: {
    inputMarginPercent: 70,
    estimateBiasPercent: 20,
    mayWriteCache: true,
    promptCache: null,
  },
};

const UNKNOWN: ProviderTraits = {
  inputMarginPercent: 100,
  estimateBiasPercent: 10,
  mayWriteCache: true,
  promptCache: null,
};

/** Framing tokens around a request that no estimate of the text sees. */
const FRAME_TOKENS = 64;

/**
 * The most input tokens this provider may bill for an estimate (whole tokens), and whether it may
 * bill cache writes.
 */
export function inputBound(
  provider: string,
  inputTokensEstimated: number,
): { readonly inputTokensMax: number; readonly mayWriteCache: boolean } {
  const traits = TRAITS[provider] ?? UNKNOWN;
  const margin = Math.ceil((inputTokensEstimated * traits.inputMarginPercent) / 100);
  return {
    inputTokensMax: inputTokensEstimated + margin + FRAME_TOKENS,
    mayWriteCache: traits.mayWriteCache,
  };
}

/** How this provider caches prompts of ours by itself; null = it does not, or nobody promises it. */
export function promptCacheOf(provider: string): PromptCache | null {
  return (TRAITS[provider] ?? UNKNOWN).promptCache;
}

/**
 * Our o200k count of something nobody reported, as this provider's tokens (whole, rounded up). The
 * bias is a stated guess: OpenAI's tokenizer is the estimator itself; for Gemini, Anthropic and
 * others, who publish none, counts of the same text are taken to be 10, 20 and 10 % higher. An
 * estimate is marked as one and corrected when the provider's own word is known.
 */
export function estimatedTokens(provider: string, tokens: number): number {
  const { estimateBiasPercent } = TRAITS[provider] ?? UNKNOWN;
  return tokens + Math.ceil((tokens * estimateBiasPercent) / 100);
}
