import { noTokens, type TokenUsage } from "@/domain/pricing/token-usage.ts";

/**
 * The usage to book when a provider reported none: all input as fresh, output as seen by our own
 * count. The bias is towards booking less than billed only by reasoning nobody showed us; rows so
 * made are marked `estimated`.
 * @param input.lastReported what the provider had already said (Anthropic reports input first); its
 * parts win, and the seen output replaces a smaller reported one.
 */
export function estimateUsage(input: {
  readonly inputTokensEstimated: number;
  readonly outputTokensSeen: number;
  readonly lastReported: TokenUsage | null;
}): TokenUsage {
  if (input.lastReported === null) {
    return { ...noTokens, freshInput: input.inputTokensEstimated, output: input.outputTokensSeen };
  }
  return {
    ...input.lastReported,
    output: Math.max(input.lastReported.output, input.outputTokensSeen),
  };
}
