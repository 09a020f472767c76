import { DomainError } from "@/domain/errors.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import type { Approval } from "./schema.ts";
import { findApproval } from "./store.ts";

/** One proposal. @throws DomainError `not_found`. */
export async function getApproval(db: Queryable, id: string): Promise<Approval> {
  const approval = await findApproval(db, id);
  if (approval === null) throw new DomainError("not_found", `no approval ${id}`);
  return approval;
}
