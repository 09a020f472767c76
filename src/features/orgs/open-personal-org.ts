import { asOrgId, type OrgId } from "@/server/ctx.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { upsertPersonalOrg } from "./store.ts";

/**
 * The personal organisation of a user, made on first sight. Safe to repeat and to race: one row per
 * user by a unique key.
 */
export async function openPersonalOrg(
  db: Queryable,
  input: { readonly userId: string },
): Promise<{ orgId: OrgId }> {
  const orgId = await db.transaction((tx) => upsertPersonalOrg(tx, input.userId));
  return { orgId: asOrgId(orgId) };
}
