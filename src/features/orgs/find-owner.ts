import { sql } from "drizzle-orm";
import { DomainError } from "@/domain/errors.ts";
import { asOrgId, type Ctx } from "@/server/ctx.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { openPersonalOrg } from "./open-personal-org.ts";
import { findUserByEmail } from "./store.ts";

/**
 * The context of a person's personal organisation, for commands that act on it by e-mail (any
 * spelling of its canonical form); on the pool or in a transaction. @throws DomainError `not_found`.
 */
export async function findOwner<D extends Queryable>(
  db: D,
  input: { readonly email: string; readonly requestId: string },
): Promise<Omit<Ctx, "db"> & { readonly db: D }> {
  const user = await findUserByEmail(db, input.email);
  if (user === null) throw new DomainError("not_found", `nobody has the e-mail ${input.email}`);
  const orgId = user.orgId ?? (await openPersonalOrg(db, { userId: user.id })).orgId;
  const [clock] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (clock === undefined) throw new Error("no clock");
  return {
    db,
    requestId: input.requestId,
    now: new Date(clock.now),
    orgId: asOrgId(orgId),
    userId: user.id,
    role: "user",
    locale: "vi",
    isEmailVerified: true,
  };
}
