import { auditLog } from "@drizzle/schema/audit.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type AuditEntry = {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string;
  readonly requestId: string;
};

export async function insertAuditEntry(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.insert(auditLog).values(entry);
}
