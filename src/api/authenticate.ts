import { randomUUID } from "node:crypto";
import { DomainError } from "@/domain/errors.ts";
import { openPersonalOrg } from "@/features/orgs/open-personal-org.ts";
import { findClerkPerson } from "@/server/clerk.ts";
import { asOrgId, type Ctx } from "@/server/ctx.ts";
import { db, type Db } from "@/server/db/client.ts";
import { asUnavailable } from "@/server/db/database-errors.ts";
import { readInTime } from "@/server/db/patience.ts";
import { env, type Env } from "@/server/env.ts";
import { pageLocaleOf } from "@/server/request-locale.ts";
import { findSession, type Person } from "@/server/session.ts";

/** What identity needs of the process; tests bring their own. */
export type IdentityParts = { readonly db: Db; readonly settings: Env };

/**
 * The signed-in person's context, by the built-in session or by Clerk. One round trip once the
 * person's organisation exists.
 * @throws DomainError `unauthenticated` for nobody, disabled and erased people;
 * `database_unavailable`.
 */
export async function authenticate(
  request: Request,
  parts: IdentityParts = partsOfProcess(),
): Promise<Ctx> {
  const ctx = await findCtx(request.headers, parts);
  if (ctx === null) throw new DomainError("unauthenticated", "no valid session");
  return ctx;
}

/**
 * As `authenticate`, for pages strangers see as well: null for nobody. @throws DomainError
 * `database_unavailable`.
 */
export async function findCtx(
  headers: Headers,
  parts: IdentityParts = partsOfProcess(),
): Promise<Ctx | null> {
  try {
    const person = await readInTime(findIdentity(headers, parts));
    if (person === null) return null;
    const orgId =
      person.orgId ?? (await openPersonalOrg(parts.db, { userId: person.userId })).orgId;
    return {
      db: parts.db,
      requestId: randomUUID(),
      now: person.now,
      orgId: asOrgId(orgId),
      userId: person.userId,
      role: person.role,
      locale: person.locale,
      isEmailVerified: person.isEmailVerified,
    };
  } catch (error) {
    throw asUnavailable(error);
  }
}

function findIdentity(
  headers: Headers,
  { db: pool, settings }: IdentityParts,
): Promise<Person | null> {
  return settings.identity === "clerk"
    ? findClerkPerson(pool.$client, headers, { settings, locale: pageLocaleOf(headers) })
    : findSession(pool.$client, headers.get("cookie"), settings);
}

/** The settings and the database of this process. */
export function partsOfProcess(): IdentityParts {
  return { db: db(), settings: env() };
}
