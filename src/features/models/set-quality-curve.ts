import type { QualityCurve } from "@/domain/routing/turn-facts.ts";
import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { findModel, updateQualityCurve } from "./store.ts";

/**
 * Says anew how good a model's answers are expected to be, from the next turn on. Audited.
 * @throws DomainError `not_found` for an unknown model.
 */
export async function setQualityCurve(
  db: Queryable,
  input: {
    readonly modelId: string;
    readonly qualityCurve: QualityCurve;
    readonly actor: string;
    readonly requestId: string;
  },
): Promise<void> {
  const { modelId, qualityCurve } = input;
  await db.transaction(async (tx) => {
    const model = await findModel(tx, modelId);
    if (model === null) throw new DomainError("not_found", `no model ${modelId}`);
    await updateQualityCurve(tx, modelId, qualityCurve);
    await recordChange(tx, {
      actor: input.actor,
      action: "model.set_curve",
      subject: `model:${modelId}`,
      before: model.qualityCurve,
      after: qualityCurve,
      reason: "operator",
      requestId: input.requestId,
    });
  });
}
