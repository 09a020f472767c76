import { DomainError } from "@/domain/errors.ts";
import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { SetPriceInput } from "./schema.ts";
import { endOpenPrices, findModel, insertPrice, readNow } from "./store.ts";

/**
 * Gives a model a new price from now on: the open versions of all its tiers end, one version
 * begins, an audit row says who. Not given: cached input costs as fresh input, cache writes twice
 * as much, never nothing.
 * @throws DomainError `not_found` for an unknown model.
 */
export async function setPrice(
  db: Queryable,
  input: SetPriceInput & { readonly actor: string; readonly requestId: string },
): Promise<void> {
  const freshInputPicoUsd = usdPerMtokToPicoUsd(input.inputUsdPerMtok);
  const or = (text: string | undefined, fallback: bigint) =>
    text === undefined ? fallback : usdPerMtokToPicoUsd(text);
  const prices = {
    freshInputPicoUsd,
    cachedInputPicoUsd: or(input.cachedInputUsdPerMtok, freshInputPicoUsd),
    cacheWrite5mPicoUsd: or(input.cacheWrite5mUsdPerMtok, freshInputPicoUsd * 2n),
    cacheWrite1hPicoUsd: or(input.cacheWrite1hUsdPerMtok, freshInputPicoUsd * 2n),
    outputPicoUsd: usdPerMtokToPicoUsd(input.outputUsdPerMtok),
  };
  await db.transaction(async (tx) => {
    if ((await findModel(tx, input.modelId)) === null) {
      throw new DomainError("not_found", `no model ${input.modelId}`);
    }
    const now = await readNow(tx);
    const ended = await endOpenPrices(tx, input.modelId, now);
    await insertPrice(tx, {
      modelId: input.modelId,
      validFrom: now,
      source: `set by ${input.actor}`,
      ...prices,
    });
    await recordChange(tx, {
      actor: input.actor,
      action: "price.set",
      subject: `model:${input.modelId}`,
      before: ended.map((row) => row.id),
      after: Object.fromEntries(
        Object.entries(prices).map(([name, value]) => [name, value.toString()]),
      ),
      reason: "operator",
      requestId: input.requestId,
    });
  });
}
