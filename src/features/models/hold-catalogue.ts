import type { ModelPrice } from "@/domain/pricing/price-usage.ts";
import type { CandidateFacts } from "@/domain/routing/turn-facts.ts";
import { isProviderHealthy } from "@/server/provider-health.ts";
import { catalogueDocument, type Catalogue } from "./schema.ts";

declare global {
  var phoChatCatalogue: Catalogue | undefined;
}

/** The version of the copy this process holds; 0 when it holds none. */
export function heldCatalogueVersion(): string {
  return globalThis.phoChatCatalogue?.version ?? "0";
}

/**
 * Takes the answer of `read_catalogue(held version)`: a newer document replaces the held copy, null
 * keeps it. The statement that read the version read the turn's other facts too, so a stale copy is
 * never used.
 * @throws ZodError for a document the database should never give.
 */
export function holdCatalogue(document: unknown): Catalogue {
  if (document !== null && document !== undefined) {
    globalThis.phoChatCatalogue = catalogueDocument.parse(document);
  }
  if (globalThis.phoChatCatalogue === undefined) throw new Error("the database gave no catalogue");
  return globalThis.phoChatCatalogue;
}

function isValidAt(
  version: { readonly validFrom: Date; readonly validTo: Date | null },
  instant: Date,
): boolean {
  return version.validFrom <= instant && (version.validTo === null || instant < version.validTo);
}

/** The rate valid at an instant, or null: then nothing can be priced and nothing may be called. */
export function rateAt(catalogue: Catalogue, instant: Date) {
  return catalogue.rates.find((rate) => isValidAt(rate, instant)) ?? null;
}

/** All price tiers of a model valid at an instant; empty = unpriced. */
export function pricesAt(
  catalogue: Catalogue,
  modelId: string,
  instant: Date,
): readonly ModelPrice[] {
  return catalogue.prices.filter((price) => price.modelId === modelId && isValidAt(price, instant));
}

/**
 * The catalogue as the engine weighs it at an instant. @param configured ids of providers that have
 * a key.
 */
export function candidatesAt(
  catalogue: Catalogue,
  instant: Date,
  configured: ReadonlySet<string>,
): CandidateFacts[] {
  return catalogue.models.map((model) => ({
    modelId: model.modelId,
    provider: model.provider,
    tier: model.tier,
    contextTokensMax: model.contextTokensMax,
    outputTokensMax: model.outputTokensMax,
    outputTokensMin: model.outputTokensMin,
    qualityCurve: model.qualityCurve,
    isFree: model.isFree,
    isEnabled: model.isEnabled,
    isProviderConfigured: configured.has(model.provider),
    isHealthy: isProviderHealthy(model.provider, model.providerModel),
    prices: pricesAt(catalogue, model.modelId, instant),
  }));
}
