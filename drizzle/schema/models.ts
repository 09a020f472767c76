import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import type { QualityCurve } from "@/domain/routing/turn-facts.ts";
import { createdAt, instant, picoUsd } from "./columns.ts";

/**
 * The catalogue. `quality_curve` holds how good a model's answers are by difficulty: a curve of the
 * policy by name, shifted by `offset` (−0.3 … 0.3), or a straight line from `easy` to `hard` (each
 * in [0, 1]).
 */
export const models = pgTable(
  "models",
  {
    id: text("id").primaryKey(),
    provider: text("provider").notNull(),
    providerModel: text("provider_model").notNull(),
    name: text("name").notNull(),
    contextTokensMax: integer("context_tokens_max").notNull(),
    outputTokensMax: integer("output_tokens_max").notNull(),
    outputTokensMin: integer("output_tokens_min").notNull(),
    modalities: text("modalities")
      .array()
      .notNull()
      .default(sql`'{text}'`),
    tier: text("tier").notNull(),
    qualityCurve: jsonb("quality_curve").$type<QualityCurve>().notNull(),
    isFree: boolean("is_free").notNull().default(false),
    enabled: boolean("enabled").notNull().default(true),
    createdAt: createdAt(),
  },
  (table) => [
    check("models_id_is_slug", sql`${table.id} ~ '^[a-z0-9-]+/[A-Za-z0-9._:/-]+$'`),
    check("models_tier_known", sql`${table.tier} in ('economy', 'standard', 'premium')`),
    check(
      "models_tokens_sane",
      sql`${table.outputTokensMin} > 0 and ${table.outputTokensMax} >= ${table.outputTokensMin} and ${table.contextTokensMax} >= ${table.outputTokensMax}`,
    ),
  ],
);

/**
 * Versioned prices in pico-USD per token; a row is never changed but for `valid_to` (trigger).
 * `context_tokens_min` > 0: the row prices whole requests of at least that many input tokens. No
 * overlap per model and tier (exclusion constraint in the custom migration).
 */
export const modelPrices = pgTable(
  "model_prices",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    modelId: text("model_id")
      .notNull()
      .references(() => models.id),
    validFrom: instant("valid_from").notNull(),
    validTo: instant("valid_to"),
    contextTokensMin: integer("context_tokens_min").notNull().default(0),
    freshInputPicoUsd: picoUsd("fresh_input_pico_usd").notNull(),
    cachedInputPicoUsd: picoUsd("cached_input_pico_usd").notNull(),
    cacheWrite5mPicoUsd: picoUsd("cache_write_5m_pico_usd").notNull(),
    cacheWrite1hPicoUsd: picoUsd("cache_write_1h_pico_usd").notNull(),
    outputPicoUsd: picoUsd("output_pico_usd").notNull(),
    source: text("source").notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    index("model_prices_model_id_idx").on(table.modelId),
    check(
      "model_prices_not_negative",
      sql`least(${table.freshInputPicoUsd}, ${table.cachedInputPicoUsd}, ${table.cacheWrite5mPicoUsd}, ${table.cacheWrite1hPicoUsd}, ${table.outputPicoUsd}) >= 0`,
    ),
    check(
      "model_prices_below_one_usd_a_token",
      sql`greatest(${table.freshInputPicoUsd}, ${table.cachedInputPicoUsd}, ${table.cacheWrite5mPicoUsd}, ${table.cacheWrite1hPicoUsd}, ${table.outputPicoUsd}) < 1000000000000`,
    ),
    check(
      "model_prices_order",
      sql`${table.validTo} is null or ${table.validTo} >= ${table.validFrom}`,
    ),
    check("model_prices_tier_not_negative", sql`${table.contextTokensMin} >= 0`),
  ],
);
