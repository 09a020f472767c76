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
  /** The cap that was sent: the bias never passes it, so that a guess makes no overdraft. */
  readonly outputTokensMax: number;
  readonly lastReported: TokenUsage | null;
}): TokenUsage {
  const { provider, lastReported, outputTokensSeen } = input;
  const biased = Math.min(estimatedTokens(provider, outputTokensSeen), input.outputTokensMax);
  const output = Math.max(outputTokensSeen, biased);
  if (lastReported === null) {
    const freshInput = estimatedTokens(provider, input.inputTokensEstimated);
    return { ...noTokens, freshInput, output };
  }
  return { ...lastReported, output: Math.max(lastReported.output, output) };
}
