import { DomainError } from "@/domain/errors.ts";
import { isZeroPrice } from "@/domain/pricing/zero-price.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Db } from "@/server/db/client.ts";
import { assertStillAhead, chooseStart, type VersionStart } from "@/server/db/version-start.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { PriceTier } from "./schema.ts";
import {
  endPricesAt,
  hasPriceFrom,
  insertPrices,
  listPricesAt,
  lockModel,
  nextPlannedAt,
  readNow,
} from "./store.ts";

export type NewPrice = {
  readonly modelId: string;
  /** All tiers of the new version; one has `contextTokensMin` 0. */
  readonly tiers: readonly PriceTier[];
  /** The rows somebody saw that it replaces; not given = whatever holds. */
  readonly seenPriceIds?: readonly string[];
};

export type PriceChange = {
  /** Sorted by model, so that two changes of many models do not wait for each other in a ring. */
  readonly prices: readonly NewPrice[];
  /** The first instant they hold; null = now. */
  readonly from: Date | null;
  /** Of `writeAhead`. */
  readonly headStartMs: number;
  readonly source: string;
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

/**
 * Gives models new versions of their prices from one instant on, in the caller's transaction: what
 * holds there ends, nothing before it changes, a version planned for later still begins then. The
 * caller's transaction runs inside `writeAhead`.
 * @throws DomainError `not_found` for an unknown model; `invalid_input` for a start in the past or a
 * price of nothing for a model that is not free; `state_conflict` when other rows hold than were
 * seen; `overloaded` when writing took too long.
 */
export async function changePrices(
  db: Db,
  tx: Queryable,
  change: PriceChange,
): Promise<VersionStart> {
  for (const price of change.prices) await lockForPrice(tx, price);
  const modelIds = change.prices.map((price) => price.modelId);
  const isReplacing = await hasPriceFrom(tx, modelIds, await readNow(db));
  const start = await chooseStart(db, {
    from: change.from,
    isReplacing,
    headStartMs: change.headStartMs,
  });
  for (const price of change.prices) await writePrice(tx, price, { ...change, at: start.at });
  await assertStillAhead(db, start);
  return start;
}

async function lockForPrice(tx: Queryable, { modelId, tiers }: NewPrice): Promise<void> {
  const model = await lockModel(tx, modelId);
  if (model === null) throw new DomainError("not_found", `no model ${modelId}`);
  if (model.isFree || !tiers.some(isZeroPrice)) return;
  throw new DomainError(
    "invalid_input",
    `${modelId} is not marked free, so its price cannot be 0 for input and output alike`,
  );
}

async function writePrice(
  tx: Queryable,
  { modelId, tiers, seenPriceIds }: NewPrice,
  change: Omit<PriceChange, "prices" | "from" | "headStartMs"> & { readonly at: Date },
): Promise<void> {
  const { at } = change;
  if (seenPriceIds !== undefined) {
    const ids = (await listPricesAt(tx, modelId, at)).map((row) => row.id);
    if (ids.toSorted().join() !== seenPriceIds.toSorted().join()) {
      throw new DomainError("state_conflict", `${modelId} was priced anew meanwhile`);
    }
  }
  const ended = await endPricesAt(tx, modelId, at);
  const validTo = await nextPlannedAt(tx, modelId, at);
  await insertPrices(
    tx,
    tiers.map((tier) => ({ ...tier, modelId, validFrom: at, validTo, source: change.source })),
  );
  await recordChange(tx, {
    actor: change.actor,
    action: "price.set",
    subject: `model:${modelId}`,
    before: ended.map((row) => row.id),
    after: { validFrom: at.toISOString(), tiers: tiers.map(textOf) },
    reason: change.reason,
    requestId: change.requestId,
  });
}

function textOf(tier: PriceTier) {
  return Object.fromEntries(Object.entries(tier).map(([name, value]) => [name, value.toString()]));
}
