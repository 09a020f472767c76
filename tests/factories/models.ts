import { addModel } from "@/features/models/add-model.ts";
import { addModelInput, setPriceInput } from "@/features/models/schema.ts";
import { setPrice } from "@/features/models/set-price.ts";
import type { Db } from "@/server/db/client.ts";

const word = { actor: "factory", requestId: "factory" };

export type ModelOptions = {
  readonly outputTokensMin?: number;
  readonly tier?: "economy" | "standard" | "premium";
  /** USD per million tokens; null leaves the model unpriced. */
  readonly inputUsd?: string | null;
  readonly outputUsd?: string;
};

/** A model of any provider, priced unless told otherwise. @returns its id. */
export async function makeModel(
  db: Db,
  modelId: string,
  options: ModelOptions = {},
): Promise<string> {
  const { outputTokensMin = 64, tier = "economy", inputUsd = "0.5", outputUsd = "2" } = options;
  const shape = { contextTokensMax: 128_000, outputTokensMax: 8_192, outputTokensMin };
  await addModel(db, { ...addModelInput.parse({ modelId, tier, ...shape }), ...word });
  if (inputUsd !== null) await makePrice(db, modelId, { inputUsd, outputUsd });
  return modelId;
}

/** A new price from now on, in USD per million tokens. */
export async function makePrice(
  db: Db,
  modelId: string,
  price: { readonly inputUsd: string; readonly outputUsd: string },
): Promise<void> {
  const input = setPriceInput.parse({
    modelId,
    inputUsdPerMtok: price.inputUsd,
    outputUsdPerMtok: price.outputUsd,
    cachedInputUsdPerMtok: "0.05",
  });
  await setPrice(db, { ...input, ...word });
}
