import { calcPrice } from "@pydantic/genai-prices";
import { Decimal } from "decimal.js";
import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import type { modelPrices } from "./schema/models.ts";

type PriceRow = typeof modelPrices.$inferInsert;

/** The package's own names of our providers. */
const PACKAGE_PROVIDERS: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "google",
};

const SOURCE = "@pydantic/genai-prices 0.1.8";

/** First prices are taken to hold from this instant; later ones are versions of their own. */
const VALID_FROM = new Date("2026-01-01T00:00:00+07:00");

/**
 * Demo prices, USD per million tokens: about 6, 40 and 150 ₫ an answer, so that the bar visibly
 * moves.
 */
const DEMO_USD_PER_MTOK: Readonly<
  Record<string, { readonly input: string; readonly output: string }>
> = {
  "demo/pho-nho": { input: "0.5", output: "2.3" },
  "demo/pho-vua": { input: "1", output: "5" },
  "demo/pho-dac-biet": { input: "2", output: "12" },
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

function demoPrice(modelId: string): PriceRow[] {
  const listed = DEMO_USD_PER_MTOK[modelId];
  if (listed === undefined) return [];
  const input = usdPerMtokToPicoUsd(listed.input);
  return [
    {
      modelId,
      validFrom: VALID_FROM,
      freshInputPicoUsd: input,
      cachedInputPicoUsd: input,
      cacheWrite5mPicoUsd: input * 2n,
      cacheWrite1hPicoUsd: input * 2n,
      outputPicoUsd: usdPerMtokToPicoUsd(listed.output),
      source: "demo",
    },
  ];
}

/**
 * The first price rows of a catalogue model, one per long-context tier, from the open price data of
 * a maintained package (demo models: from the table above). A class the package does not list costs
 * as `set-price` would have it: cached input as fresh, cache writes twice as much.
 * @returns an empty list for a model the package does not know: it stays closed until ops price it.
 */
export function seedPrices(modelId: string, providerModel: string): PriceRow[] {
  const provider = modelId.slice(0, modelId.indexOf("/"));
  if (provider === "demo") return demoPrice(modelId);
  const providerId = PACKAGE_PROVIDERS[provider];
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
  return [...starts].flatMap((start) => {
    const input = atTier(prices["input_mtok"], start);
    const output = atTier(prices["output_mtok"], start);
    if (input === null || output === null) return [];
    return [
      {
        modelId,
        validFrom: VALID_FROM,
        // The package's tiers begin above their start.
        contextTokensMin: start === 0 ? 0 : start + 1,
        freshInputPicoUsd: picoUsd(input),
        cachedInputPicoUsd: picoUsd(atTier(prices["cache_read_mtok"], start) ?? input),
        cacheWrite5mPicoUsd: picoUsd(atTier(prices["cache_write_mtok"], start) ?? input * 2),
        cacheWrite1hPicoUsd: picoUsd(atTier(prices["cache_write_1h_mtok"], start) ?? input * 2),
        outputPicoUsd: picoUsd(output),
        source: SOURCE,
      },
    ];
  });
}
