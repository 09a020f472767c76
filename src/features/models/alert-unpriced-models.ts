import { isZeroPrice } from "@/domain/pricing/zero-price.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { env } from "@/server/env.ts";
import { pricesAt, rateAt } from "./hold-catalogue.ts";
import { loadCatalogue } from "./load-catalogue.ts";
import type { Catalogue } from "./schema.ts";
import { readNow } from "./store.ts";

/** The cause under which ops hear that no exchange rate holds: then nothing can be priced. */
const MISSING_RATE = "rate_stale:missing";

/** The cause a turn names that found nothing priced at all (`chat/refuse-turn.ts`). */
const NOTHING_PRICED = "model_unpriced:auto";

/**
 * Tells ops which models are closed though somebody means them to be open: enabled, of a provider
 * that has a key, and without a base price, or priced at zero without being marked free. And that
 * no exchange rate holds. Told once per cause, resolved once it is gone; repeatable.
 * @param configured ids of providers that have a key; those of the settings when not given.
 */
export async function alertUnpricedModels(
  db: Db,
  configured: ReadonlySet<string> = new Set(env().providers.map((provider) => provider.id)),
): Promise<{ readonly unpricedModelIds: readonly string[] }> {
  const catalogue = await loadCatalogue(db);
  const now = await readNow(db);
  const unpricedModelIds: string[] = [];
  let pricedCount = 0;
  for (const model of catalogue.models) {
    const dedupeKey = `model_unpriced:${model.modelId}`;
    const isMeantOpen = model.isEnabled && configured.has(model.provider);
    const why = isMeantOpen ? whyUnpriced(catalogue, model, now) : null;
    if (why === null) {
      await resolveOpsAlert(db, dedupeKey);
      if (isMeantOpen) pricedCount += 1;
      continue;
    }
    unpricedModelIds.push(model.modelId);
    await raiseOpsAlert(db, {
      kind: "model_unpriced",
      dedupeKey,
      payload: { modelId: model.modelId, why },
    });
  }
  const isRateMissing = rateAt(catalogue, now) === null;
  await tellMissingRate(db, isRateMissing);
  if (pricedCount > 0 && !isRateMissing) await resolveOpsAlert(db, NOTHING_PRICED);
  return { unpricedModelIds };
}

function whyUnpriced(
  catalogue: Catalogue,
  model: Catalogue["models"][number],
  now: Date,
): "no_price" | "price_of_zero" | null {
  const base = pricesAt(catalogue, model.modelId, now).find(
    (price) => price.contextTokensMin === 0,
  );
  if (base === undefined) return "no_price";
  return !model.isFree && isZeroPrice(base) ? "price_of_zero" : null;
}

async function tellMissingRate(db: Db, isMissing: boolean): Promise<void> {
  if (!isMissing) return resolveOpsAlert(db, MISSING_RATE);
  await raiseOpsAlert(db, { kind: "rate_stale", dedupeKey: MISSING_RATE, payload: { rate: null } });
}
