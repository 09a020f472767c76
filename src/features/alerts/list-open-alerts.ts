import type { Queryable } from "@/server/db/with-transaction.ts";
import { listOpenAlerts as readOpenAlerts } from "./store.ts";

/** The alerts that are not resolved; `rows` of those about figures that do not balance. */
export function listOpenAlerts(
  db: Queryable,
): Promise<{ kind: string; dedupeKey: string; rows: number | null }[]> {
  return readOpenAlerts(db);
}
