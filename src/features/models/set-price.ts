import { usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";
import type { Db } from "@/server/db/client.ts";
import { writeAhead } from "@/server/db/version-start.ts";
import { changePrices } from "./change-prices.ts";
import type { SetPriceInput } from "./schema.ts";

/**
 * Gives a model a new price from an instant on: the versions of all its tiers end there, one
 * version begins, an audit row says who. Not given: cached input costs as fresh input, cache writes
 * twice as much, never nothing.
 * @param input.from the first instant; null or not given = now.
 * @throws DomainError `not_found` for an unknown model; `invalid_input` for a start in the past or a
 * price of nothing for a model that is not marked free.
 */
export async function setPrice(
  db: Db,
  input: SetPriceInput & {
    readonly from?: Date | null;
    readonly actor: string;
    readonly requestId: string;
  },
): Promise<void> {
  const freshInputPicoUsd = usdPerMtokToPicoUsd(input.inputUsdPerMtok);
  const or = (text: string | undefined, fallback: bigint) =>
    text === undefined ? fallback : usdPerMtokToPicoUsd(text);
  const tier = {
    contextTokensMin: 0,
    freshInputPicoUsd,
    cachedInputPicoUsd: or(input.cachedInputUsdPerMtok, freshInputPicoUsd),
    cacheWrite5mPicoUsd: or(input.cacheWrite5mUsdPerMtok, freshInputPicoUsd * 2n),
    cacheWrite1hPicoUsd: or(input.cacheWrite1hUsdPerMtok, freshInputPicoUsd * 2n),
    outputPicoUsd: usdPerMtokToPicoUsd(input.outputUsdPerMtok),
  };
  await writeAhead(db, (headStartMs) =>
    db.transaction(async (tx) => ({
      start: await changePrices(db, tx, {
        prices: [{ modelId: input.modelId, tiers: [tier] }],
        from: input.from ?? null,
        headStartMs,
        source: `set by ${input.actor}`,
        actor: input.actor,
        reason: "operator",
        requestId: input.requestId,
      }),
    })),
  );
}
