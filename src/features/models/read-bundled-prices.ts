import { calcPrice } from "@pydantic/genai-prices";
import { Decimal } from "decimal.js";
import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import type { PriceTier } from "./schema.ts";

/** Where the bundled prices are from; `source` of the rows made of them begins so. */
export const BUNDLED_PRICES = "@pydantic/genai-prices";
export const BUNDLED_SOURCE = `${BUNDLED_PRICES} 0.1.8`;

/** The package's own names of our providers. */
const PACKAGE_PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "google",
};

type Listed =
  number | { readonly base: number; readonly tiers: readonly { start: number; price: number }[] };

/**
 * The package lists floats; each is read as the decimal it was written as, so nothing is rounded.
 */
function picoUsd(usdPerMtok: number): bigint {
  return usdPerMtokToPicoUsd(new Decimal(usdPerMtok).toFixed());
}

function atTier(listed: Listed | undefined, tierStart: number): number | null {
  if (listed === undefined) return null;
  if (typeof listed === "number") return listed;
  return listed.tiers.findLast((tier) => tier.start <= tierStart)?.price ?? listed.base;
}

function tierStarts(listed: Listed | undefined): number[] {
  return listed === undefined || typeof listed === "number"
    ? []
    : listed.tiers.map((tier) => tier.start);
}

/**
 * The open price data of a maintained package for one of our models, one row per long-context tier,
 * lowest first. A class the package does not list costs as `set-price` would have it: cached input
 * as fresh, cache writes twice as much.
 * @returns an empty list for a model the package does not know.
 */
export function readBundledPrices(modelId: string, providerModel: string): readonly PriceTier[] {
  const providerId = PACKAGE_PROVIDERS[modelId.slice(0, modelId.indexOf("/"))];
  if (providerId === undefined) return [];
  const prices = calcPrice({ input_tokens: 1, output_tokens: 1 }, providerModel, {
    providerId,
  })?.model_price;
  if (prices === undefined) return [];
  const starts = new Set([
    0,
    ...tierStarts(prices["input_mtok"]),
    ...tierStarts(prices["output_mtok"]),
  ]);
  return [...starts]
    .toSorted((a, b) => a - b)
    .flatMap((start) => {
      const input = atTier(prices["input_mtok"], start);
      const output = atTier(prices["output_mtok"], start);
      if (input === null || output === null) return [];
      const written = (listed: number | null) =>
        listed === null ? picoUsd(input) * 2n : picoUsd(listed);
      return [
        {
          // The package's tiers begin above their start.
          contextTokensMin: start === 0 ? 0 : start + 1,
          freshInputPicoUsd: picoUsd(input),
          cachedInputPicoUsd: picoUsd(atTier(prices["cache_read_mtok"], start) ?? input),
          cacheWrite5mPicoUsd: written(atTier(prices["cache_write_mtok"], start)),
          cacheWrite1hPicoUsd: written(atTier(prices["cache_write_1h_mtok"], start)),
          outputPicoUsd: picoUsd(output),
        },
      ];
    });
}
