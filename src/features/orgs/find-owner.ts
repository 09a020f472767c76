import { sql } from "drizzle-orm";
import { DomainError } from "@/domain/errors.ts";
import { systemCtx, type Ctx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { openPersonalOrg } from "./open-personal-org.ts";
import { findUserByEmail } from "./store.ts";

/**
 * The context of a person's personal organisation, for commands that act on it by e-mail (any
 * spelling of its canonical form). @throws DomainError `not_found`.
 */
export async function findOwner(
  db: Db,
  input: { readonly email: string; readonly requestId: string },
): Promise<Ctx> {
  const user = await findUserByEmail(db, input.email);
  if (user === null) throw new DomainError("not_found", `nobody has the e-mail ${input.email}`);
  const orgId = user.orgId ?? (await openPersonalOrg(db, { userId: user.id })).orgId;
  const [clock] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (clock === undefined) throw new Error("no clock");
  return systemCtx({
    db,
    now: new Date(clock.now),
    orgId,
    userId: user.id,
    requestId: input.requestId,
  });
}
