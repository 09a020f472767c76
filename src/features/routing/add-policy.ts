import { z } from "zod";
import { DomainError } from "@/domain/errors.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { loadCatalogue } from "@/features/models/load-catalogue.ts";
import type { Db } from "@/server/db/client.ts";
import { checkPolicy } from "./parse-policy.ts";
import { insertPolicy, readNow } from "./store.ts";

const policyFile = z.looseObject({
  version: z.string().regex(/^[a-z0-9][a-z0-9.-]{2,59}$/, "is small letters, digits, dots, dashes"),
});

export type AddPolicyInput = {
  /** The policy as JSON: `version` beside the parameters. */
  readonly policy: unknown;
  readonly isShadow: boolean;
  /** From when on it decides; null = now. */
  readonly activeFrom: Date | null;
  readonly actor: string;
  readonly requestId: string;
};

/**
 * Adds a version of the engine's parameters, or a shadow that only records what it would have done.
 * Versions are never changed and never begin in the past: they would name decisions they did not
 * make. Audited.
 * @throws ZodError for parameters the engine does not understand; DomainError `state_conflict` for a
 * version that exists, `invalid_input` for a start in the past or a curve that a model of the
 * catalogue stands on and the policy lacks.
 */
export async function addPolicy(db: Db, input: AddPolicyInput): Promise<{ activeFrom: Date }> {
  const { version, ...parameters } = policyFile.parse(input.policy);
  const policy = checkPolicy({ version, parameters });
  const catalogue = await loadCatalogue(db);
  if (catalogue.policies.some((row) => row.version === version)) {
    throw new DomainError("state_conflict", `policy ${version} exists already`);
  }
  const now = await readNow(db);
  const activeFrom = input.activeFrom ?? now;
  if (activeFrom < now) {
    throw new DomainError("invalid_input", "a policy cannot begin in the past");
  }
  assertKnowsCurves(policy, catalogue.models);
  await db.transaction(async (tx) => {
    await insertPolicy(tx, { version, parameters, isShadow: input.isShadow, activeFrom });
    await recordChange(tx, {
      actor: input.actor,
      action: "policy.add",
      subject: `policy:${version}`,
      before: null,
      after: { isShadow: input.isShadow, activeFrom: activeFrom.toISOString() },
      reason: "operator",
      requestId: input.requestId,
    });
  });
  return { activeFrom };
}

function assertKnowsCurves(
  policy: RoutingPolicy,
  models: Awaited<ReturnType<typeof loadCatalogue>>["models"],
): void {
  for (const { modelId, qualityCurve } of models) {
    if (!("curve" in qualityCurve) || qualityCurve.curve in policy.qualityCurves) continue;
    throw new DomainError(
      "invalid_input",
      `${modelId} stands on the curve ${qualityCurve.curve}, which the policy lacks`,
    );
  }
}
