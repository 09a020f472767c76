import { DomainError } from "@/domain/errors.ts";
import { loadCatalogue } from "@/features/models/load-catalogue.ts";
import type { SetCurveInput } from "@/features/models/schema.ts";
import { setQualityCurve } from "@/features/models/set-quality-curve.ts";
import type { Db } from "@/server/db/client.ts";
import { activePolicy } from "./active-policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import { readNow } from "./store.ts";

/**
 * Puts a model on a named curve of the active policy, shifted by what ops know better.
 * @throws DomainError `invalid_input` for a curve the policy does not know: with it no turn could be
 * planned; `not_found` for an unknown model.
 */
export async function placeModel(
  db: Db,
  input: SetCurveInput & { readonly actor: string; readonly requestId: string },
): Promise<void> {
  const { modelId, curve, offset, actor, requestId } = input;
  const policy = parsePolicy(activePolicy(await loadCatalogue(db), await readNow(db)));
  const known = Object.keys(policy.qualityCurves);
  if (!known.includes(curve)) {
    const choice = known.length === 0 ? "none" : known.join(", ");
    throw new DomainError(
      "invalid_input",
      `policy ${policy.version} knows no curve ${curve}; it has: ${choice}`,
    );
  }
  await setQualityCurve(db, { modelId, qualityCurve: { curve, offset }, actor, requestId });
}
