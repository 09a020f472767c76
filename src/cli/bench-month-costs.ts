import { priceUsage, type ModelPrice } from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import type { Role } from "./bench-month-curves.ts";
import type { BenchQuestion } from "./bench-month-questions.ts";

/** 26,260 ₫ a dollar; the results are ratios, so it only sets the scale. */
export const RATE = { id: "bench", rateMilliVnd: 26_260_000n };

function priceRow(role: Role, inputUsdPerMtok: string, outputUsdPerMtok: string): ModelPrice {
  const input = usdPerMtokToPicoUsd(inputUsdPerMtok);
  return {
    id: role,
    contextTokensMin: 0,
    freshInputPicoUsd: input,
    cachedInputPicoUsd: input,
    cacheWrite5mPicoUsd: input,
    cacheWrite1hPicoUsd: input,
    outputPicoUsd: usdPerMtokToPicoUsd(outputUsdPerMtok),
  };
}

/** USD per million tokens, input and output (the data's README). */
export const PRICES: Readonly<Record<Role, ModelPrice>> = {
  strong: priceRow("strong", "10", "30"),
  weak: priceRow("weak", "0.6", "0.6"),
};

/** What a question really costs at a model, micro-VND; a cut answer costs as far as it went. */
export function costOf(question: BenchQuestion, role: Role, outputTokensMax = Infinity): bigint {
  const output = Math.min(outputTokensMax, question[role].outputTokens);
  const usage = { ...noTokens, freshInput: question.inputTokens, output };
  return priceUsage(usage, [PRICES[role]], RATE).costMicroVnd;
}
