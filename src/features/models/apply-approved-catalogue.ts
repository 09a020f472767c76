import { DomainError } from "@/domain/errors.ts";
import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import { decideApproval } from "@/features/approvals/decide-approval.ts";
import type { Db } from "@/server/db/client.ts";
import { writeAhead, type VersionStart } from "@/server/db/version-start.ts";
import { changePrices, type NewPrice } from "./change-prices.ts";
import { CATALOGUE_ALERT } from "./propose-catalogue-changes.ts";
import {
  catalogueProposal,
  type CatalogueChange,
  type PriceTier,
  type ShownTier,
} from "./schema.ts";

export type CatalogueDecision = {
  readonly id: string;
  readonly isApproved: boolean;
  /** Also replaces prices that ops gave themselves. */
  readonly overwriteHandSet: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

/**
 * Carries out ops' word on a comparison with the bundled prices: approved, exactly the models of
 * the proposal get its prices from now on, but for those ops priced themselves, unless
 * `overwriteHandSet`. All or nothing.
 * @returns the models that got a new price.
 * @throws DomainError `state_conflict` when it was decided before, or a model was priced anew since
 * it was proposed; `invalid_input` when it holds only prices set by hand and `overwriteHandSet` was
 * not said.
 */
export async function applyApprovedCatalogue(
  db: Db,
  decision: CatalogueDecision,
): Promise<{ readonly modelIds: readonly string[] }> {
  const { modelIds } = await writeAhead(db, (headStartMs) =>
    decide(db, { ...decision, headStartMs }),
  );
  return { modelIds };
}

async function decide(
  db: Db,
  decision: CatalogueDecision & { readonly headStartMs: number },
): Promise<{ readonly start: VersionStart | null; readonly modelIds: readonly string[] }> {
  let chosen: readonly CatalogueChange[] = [];
  let start: VersionStart | null = null;
  await decideApproval(db, { ...decision, kind: "catalogue" }, async (tx, approval) => {
    await resolveOpsAlert(tx, CATALOGUE_ALERT);
    if (!decision.isApproved) return;
    const { source, changes } = catalogueProposal.parse(approval.payload);
    chosen = changes.filter((change) => decision.overwriteHandSet || !change.isSetByHand);
    if (chosen.length === 0) {
      throw new DomainError(
        "invalid_input",
        "every price of it was set by hand: approve with --overwrite-hand-set, or reject it",
      );
    }
    start = await changePrices(db, tx, {
      prices: chosen.map(newPriceOf),
      from: null,
      headStartMs: decision.headStartMs,
      source: `${source}, approved by ${decision.actor}`,
      actor: decision.actor,
      reason: `approval ${approval.id}`,
      requestId: decision.requestId,
    });
  });
  return { start, modelIds: chosen.map((change) => change.modelId) };
}

function newPriceOf({ modelId, after, beforePriceIds }: CatalogueChange): NewPrice {
  return { modelId, tiers: after.map(tierOf), seenPriceIds: beforePriceIds };
}

function tierOf(tier: ShownTier): PriceTier {
  return {
    contextTokensMin: tier.contextTokensMin,
    freshInputPicoUsd: usdPerMtokToPicoUsd(tier.freshInputUsdPerMtok),
    cachedInputPicoUsd: usdPerMtokToPicoUsd(tier.cachedInputUsdPerMtok),
    cacheWrite5mPicoUsd: usdPerMtokToPicoUsd(tier.cacheWrite5mUsdPerMtok),
    cacheWrite1hPicoUsd: usdPerMtokToPicoUsd(tier.cacheWrite1hUsdPerMtok),
    outputPicoUsd: usdPerMtokToPicoUsd(tier.outputUsdPerMtok),
  };
}
