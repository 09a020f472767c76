import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { AddModelInput } from "./schema.ts";
import { findModel, insertModel } from "./store.ts";

/**
 * Adds a model to the catalogue, closed until it gets a price. The provider is the part before the
 * slash. Nothing was measured yet, so it is expected to be what its tier is, until `set-curve`.
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
      qualityCurve: { curve: input.tier, offset: 0 },
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
