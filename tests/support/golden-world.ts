import { setPriceInput } from "@/features/models/schema.ts";
import { setPrice } from "@/features/models/set-price.ts";
import { makeModel } from "../factories/models.ts";
import { GOLDEN_RATE_MILLI_VND, goldenPrices } from "./golden-streams.ts";
import type { TestDatabase } from "./test-database.ts";

/** A model at the golden prices, for each provider. @returns its id. */
export async function makeGoldenModel({ db }: TestDatabase, provider: string): Promise<string> {
  const modelId = await makeModel(db, `${provider}/golden`, { inputUsd: null });
  const input = setPriceInput.parse({ modelId, ...goldenPrices });
  await setPrice(db, { ...input, actor: "factory", requestId: "factory" });
  return modelId;
}

/** From now on a dollar is 25,000 ₫. */
export async function setGoldenRate({ sql }: TestDatabase): Promise<void> {
  const [clock] = await sql`select date_trunc('milliseconds', app_now()) as now`;
  const now = String(clock?.["now"].toISOString());
  await sql`update exchange_rates set valid_to = ${now} where valid_to is null`;
  await sql`insert into exchange_rates (rate_milli_vnd, valid_from, source)
    values (${GOLDEN_RATE_MILLI_VND.toString()}, ${now}, 'golden')`;
}
