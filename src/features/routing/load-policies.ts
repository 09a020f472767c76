import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { parsePolicy } from "./parse-policy.ts";
import { listPolicies } from "./store.ts";

/**
 * Every stored version the engine understands, shadows too, by its name. One it does not understand
 * is left out: it can have decided nothing.
 */
export async function loadPolicies(db: Queryable): Promise<ReadonlyMap<string, RoutingPolicy>> {
  const policies = new Map<string, RoutingPolicy>();
  for (const row of await listPolicies(db)) {
    try {
      policies.set(row.version, parsePolicy(row));
    } catch {
      continue;
    }
  }
  return policies;
}
