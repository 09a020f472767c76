import { present } from "@/domain/assert.ts";
import type { Catalogue } from "@/features/models/schema.ts";

export type StoredPolicy = Catalogue["policies"][number];

/** The version that decides at an instant: the newest that has begun and is no shadow. */
export function activePolicy(catalogue: Pick<Catalogue, "policies">, now: Date): StoredPolicy {
  const row = catalogue.policies.findLast((policy) => policy.activeFrom <= now && !policy.isShadow);
  return present(row, "a routing policy is active");
}

/** The newest shadow that has begun, or null. */
export function activeShadow(
  catalogue: Pick<Catalogue, "policies">,
  now: Date,
): StoredPolicy | null {
  return (
    catalogue.policies.findLast((policy) => policy.activeFrom <= now && policy.isShadow) ?? null
  );
}
