import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { AddModelInput } from "./schema.ts";
import { findModel, insertModel } from "./store.ts";

/**
 * Expected quality where nothing was measured yet: middling for the tier, so that it neither wins
 * nor vanishes.
 */
const CURVE_BY_TIER = {
  economy: { easy: 0.8, hard: 0.4 },
  standard: { easy: 0.87, hard: 0.6 },
  premium: { easy: 0.92, hard: 0.75 },
} as const;

/**
 * Adds a model to the catalogue, closed until it gets a price. The provider is the part before the
 * slash.
 * @throws DomainError `state_conflict` when the id exists.
 */
export async function addModel(
  db: Queryable,
  input: AddModelInput & { readonly actor: string; readonly requestId: string },
): Promise<void> {
  const slash = input.modelId.indexOf("/");
  const short = input.modelId.slice(slash + 1);
  await db.transaction(async (tx) => {
    if ((await findModel(tx, input.modelId)) !== null) {
      throw new DomainError("state_conflict", `${input.modelId} exists already`);
    }
    const row = {
      id: input.modelId,
      provider: input.modelId.slice(0, slash),
      providerModel: input.providerModel ?? short,
      name: input.name ?? short,
      tier: input.tier,
      contextTokensMax: input.contextTokensMax,
      outputTokensMax: input.outputTokensMax,
      outputTokensMin: input.outputTokensMin,
      isFree: input.isFree,
      qualityCurve: CURVE_BY_TIER[input.tier],
    };
    await insertModel(tx, row);
    await recordChange(tx, {
      actor: input.actor,
      action: "model.add",
      subject: `model:${input.modelId}`,
      before: null,
      after: row,
      reason: "operator",
      requestId: input.requestId,
    });
  });
}
