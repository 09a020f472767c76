import type { Queryable } from "@/server/db/with-transaction.ts";
import { listEnabledPlans } from "./store.ts";

/** The plans that can be had, cheapest first. */
export function listPlans(db: Queryable) {
  return listEnabledPlans(db);
}
