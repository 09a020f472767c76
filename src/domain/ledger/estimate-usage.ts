import { noTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";
import { estimatedTokens } from "@/domain/routing/provider-traits.ts";

/**
 * The usage to book when a provider reported none: all input as fresh, output as seen, both by our
 * own count with the provider's stated bias (`provider-traits`). Reasoning that nobody showed us is
 * not in it. Rows so made are marked `estimated`.
 * @param input.lastReported what the provider had already said (Anthropic reports input first); its
 * parts win, and the seen output replaces a smaller reported one.
 */
export function estimateUsage(input: {
  readonly provider: string;
  readonly inputTokensEstimated: number;
  readonly outputTokensSeen: number;
  readonly lastReported: TokenUsage | null;
}): TokenUsage {
  const { provider, lastReported } = input;
  const output = estimatedTokens(provider, input.outputTokensSeen);
  if (lastReported === null) {
    const freshInput = estimatedTokens(provider, input.inputTokensEstimated);
    return { ...noTokens, freshInput, output };
  }
  return { ...lastReported, output: Math.max(lastReported.output, output) };
}
