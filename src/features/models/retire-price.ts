import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Db } from "@/server/db/client.ts";
import {
  assertStillAhead,
  chooseStart,
  writeAhead,
  type VersionStart,
} from "@/server/db/version-start.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { endAllPrices, lockModel } from "./store.ts";

/**
 * Ends a model's price now and withdraws what was planned for later, which closes the model:
 * without a price nothing can call it. Comes back when it is closed.
 * @throws DomainError `not_found` for an unknown model, `state_conflict` when it has no open price,
 * `overloaded` when writing took too long.
 */
export async function retirePrice(
  db: Db,
  input: { readonly modelId: string; readonly actor: string; readonly requestId: string },
): Promise<void> {
  await writeAhead(db, (headStartMs) =>
    db.transaction(async (tx) => ({ start: await endPrices(db, tx, { ...input, headStartMs }) })),
  );
}

async function endPrices(
  db: Db,
  tx: Queryable,
  input: Parameters<typeof retirePrice>[1] & { readonly headStartMs: number },
): Promise<VersionStart> {
  const { modelId, headStartMs } = input;
  if ((await lockModel(tx, modelId)) === null) {
    throw new DomainError("not_found", `no model ${modelId}`);
  }
  const start = await chooseStart(db, { from: null, isReplacing: true, headStartMs });
  const ended = await endAllPrices(tx, modelId, start.at);
  if (ended.length === 0) throw new DomainError("state_conflict", `${modelId} has no open price`);
  await recordChange(tx, {
    actor: input.actor,
    action: "price.retire",
    subject: `model:${modelId}`,
    before: ended.map((row) => row.id),
    after: null,
    reason: "operator",
    requestId: input.requestId,
  });
  await assertStillAhead(db, start);
  return start;
}
