import { sql } from "drizzle-orm";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { Db } from "@/server/db/client.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { firstValues } from "@/server/env.ts";
import {
  exchangeRates,
  featureFlags,
  modelPrices,
  models,
  plans,
  routingPolicies,
} from "./schema/index.ts";
import { seedModels } from "./seed-models.ts";
import { firstPolicy, marketPolicy } from "./seed-policy.ts";
import { seedPrices } from "./seed-prices.ts";

/** The settings that give first values; later changes live in the database. */
export type SeedSettings = ReturnType<typeof firstValues>;

/** The instant the first versions hold from. */
const VALID_FROM = new Date("2026-01-01T00:00:00+07:00");

/** Versions of the engine that come with the product, by the instant they begin to decide. */
const POLICIES = [
  { policy: firstPolicy, activeFrom: VALID_FROM },
  { policy: marketPolicy, activeFrom: new Date("2026-11-21T00:00:00+07:00") },
] as const;

type PlanRow = typeof plans.$inferInsert;

const FREE_PLAN: PlanRow = {
  id: "free",
  tier: "free",
  billing: "none",
  priceMicroVnd: 0n,
  budgetMicroVnd: vndToMicroVnd(5_000n),
  messagesDailyMax: 20,
  outputTokensMax: 4_096,
  modelTiers: ["economy"],
  defaultModelTier: "economy",
};

const PAID_PLANS = [
  {
    tier: "starter",
    vnd: 29_000n,
    outputTokensMax: 8_192,
    modelTiers: ["economy", "standard"],
    best: "standard",
  },
  {
    tier: "premium",
    vnd: 99_000n,
    outputTokensMax: 16_384,
    modelTiers: ["economy", "standard", "premium"],
    best: "premium",
  },
  {
    tier: "ultimate",
    vnd: 289_000n,
    outputTokensMax: 32_768,
    modelTiers: ["economy", "standard", "premium"],
    best: "premium",
  },
] as const;

/** A yearly plan costs ten monthly prices. */
function paidPlans(): PlanRow[] {
  return PAID_PLANS.flatMap(({ tier, vnd, outputTokensMax, modelTiers, best }) => {
    const shared = { tier, outputTokensMax, modelTiers: [...modelTiers], defaultModelTier: best };
    const priceMicroVnd = vndToMicroVnd(vnd);
    return [
      { ...shared, id: tier, billing: "monthly", priceMicroVnd },
      { ...shared, id: `${tier}-yearly`, billing: "yearly", priceMicroVnd: priceMicroVnd * 10n },
    ];
  });
}

/**
 * Fills an empty database with plans, catalogue, first prices, the exchange rate from the settings,
 * flags and the policies. What exists is left as it is, so it may run at every start and beside
 * another starter.
 */
export async function seed(db: Db, settings: SeedSettings = firstValues()): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('pho-chat seed'))`);
    await tx
      .insert(plans)
      .values([FREE_PLAN, ...paidPlans()])
      .onConflictDoNothing();
    await seedCatalogue(tx);
    await seedRate(tx, settings.VND_EXCHANGE_RATE);
    await seedFlags(tx, settings);
    await tx.insert(routingPolicies).values(POLICIES.map(policyRow)).onConflictDoNothing();
  });
}

/**
 * A model whose last price was retired stays closed: only a model new to the catalogue gets its
 * first price.
 */
async function seedCatalogue(tx: Queryable): Promise<void> {
  const added = await tx
    .insert(models)
    .values(
      seedModels.map((model) => ({ ...model, provider: model.id.slice(0, model.id.indexOf("/")) })),
    )
    .onConflictDoNothing()
    .returning({ id: models.id, providerModel: models.providerModel });
  const prices = added.flatMap((model) => seedPrices(model.id, model.providerModel));
  if (prices.length > 0) await tx.insert(modelPrices).values(prices);
}

function policyRow({ policy, activeFrom }: (typeof POLICIES)[number]) {
  const { version, ...parameters } = policy;
  return { version, parameters, activeFrom };
}

async function seedRate(tx: Queryable, rateMilliVnd: bigint): Promise<void> {
  const [existing] = await tx.select({ id: exchangeRates.id }).from(exchangeRates).limit(1);
  if (existing !== undefined) return;
  await tx
    .insert(exchangeRates)
    .values({ rateMilliVnd, validFrom: VALID_FROM, source: "from settings" });
}

async function seedFlags(tx: Queryable, settings: SeedSettings): Promise<void> {
  const updatedBy = "settings";
  await tx
    .insert(featureFlags)
    .values([
      { key: "cost_optimization", enabled: settings.COST_OPTIMIZATION_ENABLED, updatedBy },
      { key: "budget_alert_email", enabled: settings.BUDGET_ALERT_EMAIL_ENABLED, updatedBy },
      { key: "usage_tracking", enabled: settings.USAGE_TRACKING_ENABLED, updatedBy },
    ])
    .onConflictDoNothing();
}
