import type { Queryable } from "@/server/db/with-transaction.ts";
import type { Approval, ApprovalState } from "./schema.ts";
import { selectApprovals } from "./store.ts";

/** What waits for a word, or what was decided, oldest first. @param state null = all. */
export async function listApprovals(
  db: Queryable,
  state: ApprovalState | null = "pending",
): Promise<readonly Approval[]> {
  return selectApprovals(db, state);
}
