import { createHash, randomUUID } from "node:crypto";
import { picoUsdToUsdPerMtok } from "@/domain/pricing/usd-per-mtok.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import { proposeChange } from "@/features/approvals/propose-change.ts";
import { withdrawProposals } from "@/features/approvals/withdraw-proposals.ts";
import type { Db } from "@/server/db/client.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { BUNDLED_PRICES, BUNDLED_SOURCE, readBundledPrices } from "./read-bundled-prices.ts";
import type { CatalogueChange, PriceTier, ShownTier } from "./schema.ts";
import { listModelsWithPrices, readNow } from "./store.ts";

/** The cause under which ops hear of differences. */
export const CATALOGUE_ALERT = "catalogue_differs";

export type CatalogueComparison = {
  readonly source: string;
  readonly changes: readonly CatalogueChange[];
  /** The proposal of exactly these changes, and how it stands; null when nothing differs. */
  readonly approvalId: string | null;
  readonly approvalState: string | null;
};

/**
 * Compares the bundled price data with the prices that hold now and puts the differences before ops
 * as one proposal; nothing is applied here. The same differences are asked once, whatever the
 * answer; other ones take the place of a proposal that still waits. A model whose price was retired
 * stays closed; a demo model or one the data does not know is left out.
 */
export async function proposeCatalogueChanges(
  db: Db,
  options: { readonly requestId?: string } = {},
): Promise<CatalogueComparison> {
  const requestId = options.requestId ?? randomUUID();
  return db.transaction(async (tx) => {
    const changes = differences(await listModelsWithPrices(tx, await readNow(tx)));
    if (changes.length === 0) {
      await withdrawAll(tx, { exceptId: null, requestId });
      await resolveOpsAlert(tx, CATALOGUE_ALERT);
      return { source: BUNDLED_SOURCE, changes, approvalId: null, approvalState: null };
    }
    const payload = { source: BUNDLED_SOURCE, changes };
    const digest = createHash("sha256").update(JSON.stringify(payload)).digest("hex");
    const { approval } = await proposeChange(tx, {
      kind: "catalogue",
      dedupeKey: `catalogue:${digest}`,
      payload,
    });
    await withdrawAll(tx, { exceptId: approval.id, requestId });
    if (approval.state === "pending") {
      await raiseOpsAlert(tx, {
        kind: "catalogue_differs",
        dedupeKey: CATALOGUE_ALERT,
        payload: { approvalId: approval.id, models: changes.length, source: BUNDLED_SOURCE },
      });
    } else await resolveOpsAlert(tx, CATALOGUE_ALERT);
    return {
      source: BUNDLED_SOURCE,
      changes,
      approvalId: approval.id,
      approvalState: approval.state,
    };
  });
}

function withdrawAll(
  tx: Queryable,
  rest: { readonly exceptId: string | null; readonly requestId: string },
): Promise<void> {
  return withdrawProposals(tx, { kind: "catalogue", actor: "job", ...rest });
}

function differences(
  models: Awaited<ReturnType<typeof listModelsWithPrices>>,
): readonly CatalogueChange[] {
  return models.flatMap((model) => {
    const isRetired = model.hasHistory && model.current.length === 0;
    const bundled = readBundledPrices(model.id, model.providerModel);
    if (isRetired || bundled.length === 0) return [];
    const before = model.current.map(shown);
    const after = bundled.map(shown);
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [
      {
        modelId: model.id,
        isSetByHand: model.current.some(({ source }) => !source.startsWith(BUNDLED_PRICES)),
        beforePriceIds: model.current.map(({ id }) => id),
        before,
        after,
      },
    ];
  });
}

function shown(tier: PriceTier): ShownTier {
  return {
    contextTokensMin: tier.contextTokensMin,
    freshInputUsdPerMtok: picoUsdToUsdPerMtok(tier.freshInputPicoUsd),
    cachedInputUsdPerMtok: picoUsdToUsdPerMtok(tier.cachedInputPicoUsd),
    cacheWrite5mUsdPerMtok: picoUsdToUsdPerMtok(tier.cacheWrite5mPicoUsd),
    cacheWrite1hUsdPerMtok: picoUsdToUsdPerMtok(tier.cacheWrite1hPicoUsd),
    outputUsdPerMtok: picoUsdToUsdPerMtok(tier.outputPicoUsd),
  };
}
