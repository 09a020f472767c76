import { z } from "zod";
import type { ModelPrice } from "@/domain/pricing/price-usage.ts";

const picoUsd = z.string().transform((text) => BigInt(text));
const instant = z.string().transform((text) => new Date(text));
const openInstant = instant.nullable();
const tier = z.enum(["economy", "standard", "premium"]);
const share = z.number().min(0).max(1);
const curveOffset = z.number().min(-0.3).max(0.3);

/** `models.quality_curve`: a curve of the policy by name, or a straight line. */
const qualityCurve = z.union([
  z.strictObject({ curve: z.string().min(1).max(40), offset: curveOffset }),
  z.strictObject({ easy: share, hard: share }),
]);

/** The document of the database function `read_catalogue`. */
export const catalogueDocument = z.object({
  version: z.string(),
  models: z.array(
    z.object({
      modelId: z.string(),
      provider: z.string(),
      providerModel: z.string(),
      name: z.string(),
      tier,
      contextTokensMax: z.number(),
      outputTokensMax: z.number(),
      outputTokensMin: z.number(),
      qualityCurve,
      isFree: z.boolean(),
      isEnabled: z.boolean(),
    }),
  ),
  prices: z.array(
    z.object({
      id: z.string(),
      modelId: z.string(),
      validFrom: instant,
      validTo: openInstant,
      contextTokensMin: z.number(),
      freshInputPicoUsd: picoUsd,
      cachedInputPicoUsd: picoUsd,
      cacheWrite5mPicoUsd: picoUsd,
      cacheWrite1hPicoUsd: picoUsd,
      outputPicoUsd: picoUsd,
    }),
  ),
  rates: z.array(
    z.object({
      id: z.string(),
      validFrom: instant,
      validTo: openInstant,
      rateMilliVnd: z.string().transform((text) => BigInt(text)),
    }),
  ),
  plans: z.array(
    z.object({
      id: z.string(),
      tier: z.string(),
      billing: z.enum(["none", "monthly", "yearly"]),
      outputTokensMax: z.number(),
      messagesDailyMax: z.number().nullable(),
      modelTiers: z.array(tier),
      defaultModelTier: tier,
    }),
  ),
  policies: z.array(
    z.object({
      version: z.string(),
      parameters: z.unknown(),
      isShadow: z.boolean(),
      activeFrom: instant,
    }),
  ),
  flags: z.array(
    z.object({
      key: z.string(),
      enabled: z.boolean(),
      rolloutPercent: z.number(),
      allowedUserIds: z.array(z.string()),
      deniedUserIds: z.array(z.string()),
    }),
  ),
});

/**
 * Models, versioned prices and rates, plans, policies and flags: all that changes rarely and every
 * turn reads.
 */
export type Catalogue = z.output<typeof catalogueDocument>;

/** What one version of a model's price asks, per class, for requests of at least so many tokens. */
export type PriceTier = Omit<ModelPrice, "id">;

const usdPerMtok = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, "is USD per million tokens, up to six decimals");

export const setPriceInput = z.strictObject({
  modelId: z.string().min(1),
  inputUsdPerMtok: usdPerMtok,
  outputUsdPerMtok: usdPerMtok,
  cachedInputUsdPerMtok: usdPerMtok.optional(),
  cacheWrite5mUsdPerMtok: usdPerMtok.optional(),
  cacheWrite1hUsdPerMtok: usdPerMtok.optional(),
});
export type SetPriceInput = z.output<typeof setPriceInput>;

/** A price tier as people read it: USD per million tokens, exact, as text. */
const shownTier = z.strictObject({
  contextTokensMin: z.number().int().min(0),
  freshInputUsdPerMtok: usdPerMtok,
  cachedInputUsdPerMtok: usdPerMtok,
  cacheWrite5mUsdPerMtok: usdPerMtok,
  cacheWrite1hUsdPerMtok: usdPerMtok,
  outputUsdPerMtok: usdPerMtok,
});
export type ShownTier = z.output<typeof shownTier>;

const catalogueChange = z.strictObject({
  modelId: z.string(),
  /** Ops gave this price themselves: it is shown, and overwritten only when they say so. */
  isSetByHand: z.boolean(),
  /** The rows it was compared with; other rows by the time of the word: propose anew. */
  beforePriceIds: z.array(z.string()),
  before: z.array(shownTier),
  after: z.array(shownTier),
});
export type CatalogueChange = z.output<typeof catalogueChange>;

/** `approvals.payload` of the kind `catalogue`. */
export const catalogueProposal = z.strictObject({
  source: z.string(),
  changes: z.array(catalogueChange).min(1),
});

export const addModelInput = z.strictObject({
  modelId: z.string().regex(/^[a-z0-9-]+\/[A-Za-z0-9._:/-]+$/, "is provider/name"),
  providerModel: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  tier,
  contextTokensMax: z.coerce.number().int().positive(),
  outputTokensMax: z.coerce.number().int().positive(),
  outputTokensMin: z.coerce.number().int().positive(),
  isFree: z.boolean().default(false),
});
export type AddModelInput = z.output<typeof addModelInput>;

export const setCurveInput = z.strictObject({
  modelId: z.string().min(1),
  curve: z.string().min(1).max(40),
  offset: z.coerce.number().pipe(curveOffset),
});
export type SetCurveInput = z.output<typeof setCurveInput>;
