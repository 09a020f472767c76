import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import { BUNDLED_SOURCE, readBundledPrices } from "@/features/models/read-bundled-prices.ts";
import type { modelPrices } from "./schema/models.ts";

type PriceRow = typeof modelPrices.$inferInsert;

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
 * The first price rows of a catalogue model, one per long-context tier, from the bundled open price
 * data (demo models: from the table above).
 * @returns an empty list for a model the data does not know: it stays closed until ops price it.
 */
export function seedPrices(modelId: string, providerModel: string): PriceRow[] {
  if (modelId.startsWith("demo/")) return demoPrice(modelId);
  return readBundledPrices(modelId, providerModel).map((tier) => ({
    modelId,
    validFrom: VALID_FROM,
    source: BUNDLED_SOURCE,
    ...tier,
  }));
}
