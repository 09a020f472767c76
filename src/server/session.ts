import { createHmac, timingSafeEqual } from "node:crypto";
import type { Sql } from "postgres";
import type { Locale, Role } from "@/server/ctx.ts";
import { findCookie } from "@/server/request-locale.ts";

export const SESSION_COOKIE_PREFIX = "pho";
const SESSION_COOKIE = `${SESSION_COOKIE_PREFIX}.session_token`;

/**
 * A person who may act, with their personal organisation (null until it is opened) and the
 * database's instant.
 */
export type Person = {
  readonly userId: string;
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly isEmailVerified: boolean;
  readonly orgId: string | null;
  readonly now: Date;
};

export type SessionSettings = { readonly AUTH_SECRET: string; readonly BASE_URL: string };

/**
 * Who holds the session cookie: the signature is checked without the database, then one prepared
 * statement reads session, person, organisation and the clock. Expired sessions and disabled or
 * erased people are nobody.
 */
export async function findSession(
  sql: Sql,
  cookieHeader: string | null,
  settings: SessionSettings,
): Promise<Person | null> {
  const token = findSessionToken(cookieHeader, settings);
  if (token === null) return null;
  const rows = await sql<PersonRow[]>`
    select users.id as "userId", users.email, users.name, users.role, users.locale,
      users.email_verified as "isEmailVerified", orgs.id as "orgId",
      (extract(epoch from app_now()) * 1000)::float8 as "nowMs"
    from sessions
    join users on users.id = sessions.user_id
    left join (orgs join org_members on org_members.org_id = orgs.id)
      on orgs.personal_user_id = users.id and orgs.kind = 'personal' and org_members.user_id = users.id
    where sessions.token = ${token} and sessions.expires_at > app_now()
      and users.disabled_at is null and users.erased_at is null`;
  return personOf(rows[0]);
}

/** The same person by id, for identities whose tokens are not kept here. */
export async function findPerson(sql: Sql, userId: string): Promise<Person | "refused" | null> {
  const rows = await sql<(PersonRow & { readonly isRefused: boolean })[]>`
    select users.id as "userId", users.email, users.name, users.role, users.locale,
      users.email_verified as "isEmailVerified", orgs.id as "orgId",
      (extract(epoch from app_now()) * 1000)::float8 as "nowMs",
      (users.disabled_at is not null or users.erased_at is not null) as "isRefused"
    from users
    left join (orgs join org_members on org_members.org_id = orgs.id)
      on orgs.personal_user_id = users.id and orgs.kind = 'personal' and org_members.user_id = users.id
    where users.id = ${userId}`;
  return rows[0]?.isRefused === true ? "refused" : personOf(rows[0]);
}

/**
 * The token inside the signed cookie (`token.base64(HMAC-SHA256)`), or null when it is not one of
 * ours.
 */
export function findSessionToken(
  cookieHeader: string | null,
  settings: SessionSettings,
): string | null {
  const isSecure = settings.BASE_URL.startsWith("https:");
  const value = findCookie(cookieHeader, isSecure ? `__Secure-${SESSION_COOKIE}` : SESSION_COOKIE);
  const dot = value?.lastIndexOf(".") ?? -1;
  if (value === null || dot < 1 || value.length > 512) return null;
  const token = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1), "base64");
  const expected = createHmac("sha256", settings.AUTH_SECRET).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

type PersonRow = {
  readonly userId: string;
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly isEmailVerified: boolean;
  readonly orgId: string | null;
  readonly nowMs: number;
};

function personOf(row: PersonRow | undefined): Person | null {
  if (row === undefined) return null;
  return {
    userId: row.userId,
    email: row.email,
    name: row.name,
    role: row.role,
    locale: row.locale,
    isEmailVerified: row.isEmailVerified,
    orgId: row.orgId,
    now: new Date(Math.floor(row.nowMs)),
  };
}
