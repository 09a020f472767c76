import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { endOpenPrices, findModel, readNow } from "./store.ts";

/**
 * Ends a model's price now, which closes the model: without a price nothing can call it.
 * @throws DomainError `not_found` for an unknown model, `state_conflict` when it has no open price.
 */
export async function retirePrice(
  db: Queryable,
  input: { readonly modelId: string; readonly actor: string; readonly requestId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    if ((await findModel(tx, input.modelId)) === null) {
      throw new DomainError("not_found", `no model ${input.modelId}`);
    }
    const ended = await endOpenPrices(tx, input.modelId, await readNow(tx));
    if (ended.length === 0)
      throw new DomainError("state_conflict", `${input.modelId} has no open price`);
    await recordChange(tx, {
      actor: input.actor,
      action: "price.retire",
      subject: `model:${input.modelId}`,
      before: ended.map((row) => row.id),
      after: null,
      reason: "operator",
      requestId: input.requestId,
    });
  });
}
