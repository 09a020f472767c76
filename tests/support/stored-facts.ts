import { readStoredDecision, type StoredDecision } from "@/features/chat/stored-decision.ts";
import type { TestDatabase } from "./test-database.ts";

/** The decisions of an organisation's turns as they were kept, oldest first. */
export async function storedDecisions(
  { sql }: TestDatabase,
  orgId: string,
): Promise<readonly StoredDecision[]> {
  const rows = await sql`
    select decision from turns where org_id = ${orgId} and decision is not null order by created_at, finished_at`;
  return rows.map((row) => readStoredDecision(row["decision"]));
}

/** The newest of them. @throws Error when there is none. */
export async function lastDecision(database: TestDatabase, orgId: string): Promise<StoredDecision> {
  const last = (await storedDecisions(database, orgId)).at(-1);
  if (last === undefined) throw new Error("the organisation has no decision");
  return last;
}
