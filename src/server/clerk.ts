import type { Sql } from "postgres";
import type { Locale } from "@/server/ctx.ts";
import { findCookie } from "@/server/request-locale.ts";
import { findPerson, type Person } from "@/server/session.ts";

export type ClerkSettings = {
  readonly CLERK_JWT_KEY?: string | undefined;
  readonly CLERK_SECRET_KEY?: string | undefined;
  readonly CLERK_AUTHORIZED_PARTIES?: readonly string[] | undefined;
  /** Where Clerk's backend is; tests stand in for it. */
  readonly clerkApiUrl?: string;
};

/** What a token (or Clerk's answer) says about the person; null where it does not say. */
type ClerkIdentity = {
  readonly userId: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean | null;
  readonly name: string | null;
};

const CLERK_TIMEOUT_MS = 3_000;
/** How long an unverified person waits before Clerk is asked about them again. */
const ASK_AGAIN_MS = 10 * 60_000;

/**
 * Who holds the Clerk session token (cookie `__session`, else `Authorization: Bearer`): checked by
 * the public key alone, no network. The person's row is made on first sight; the role always comes
 * from that row.
 */
export async function findClerkPerson(
  sql: Sql,
  headers: Headers,
  input: { readonly settings: ClerkSettings; readonly locale: Locale },
): Promise<Person | null> {
  const token = findCookie(headers.get("cookie"), "__session") ?? findBearer(headers);
  if (token === null || token.length > 8_192) return null;
  const identity = await verifyClerkToken(token, input.settings);
  if (identity === null) return null;
  const person = await findPerson(sql, identity.userId);
  if (person === "refused") return null;
  if (person !== null && !isOutdated(person, identity)) return person;
  const known = await fillIn(identity, { settings: input.settings, isKnown: person !== null });
  if (person === null) await insertUser(sql, known, input.locale);
  else await updateEmail(sql, known);
  const made = await findPerson(sql, identity.userId);
  return made === "refused" ? null : made;
}

/**
 * The identity in a good token, or null: bad signature, expired, not yet valid, other party,
 * pending, no algorithm.
 */
export async function verifyClerkToken(
  token: string,
  settings: ClerkSettings,
): Promise<ClerkIdentity | null> {
  const { CLERK_JWT_KEY: jwtKey, CLERK_AUTHORIZED_PARTIES: parties } = settings;
  if (jwtKey === undefined || parties === undefined || parties.length === 0) return null;
  const { verifyToken } = await import("@clerk/nextjs/server");
  let claims: Record<string, unknown>;
  try {
    claims = await verifyToken(token, {
      // On one line of `.env` the key's line breaks are written out.
      jwtKey: jwtKey.replaceAll("\\n", "\n"),
      authorizedParties: [...parties],
    });
  } catch {
    return null;
  }
  // The library lets a token without a party through; ours must name one.
  if (typeof claims["azp"] !== "string" || !parties.includes(claims["azp"])) return null;
  const userId = claims["sub"];
  if (typeof userId !== "string" || userId === "" || claims["sts"] === "pending") return null;
  return {
    userId,
    email: text(claims["email"]) ?? text(claims["primary_email"]) ?? text(claims["email_address"]),
    isEmailVerified:
      typeof claims["email_verified"] === "boolean" ? claims["email_verified"] : null,
    name: text(claims["name"]),
  };
}

function isOutdated(person: Person, identity: ClerkIdentity): boolean {
  if (identity.isEmailVerified !== null && identity.email !== null) {
    return (
      identity.isEmailVerified !== person.isEmailVerified ||
      identity.email.toLowerCase() !== person.email
    );
  }
  return !person.isEmailVerified && mayAskAgain(identity.userId);
}

const askedAtMs = new Map<string, number>();

function mayAskAgain(userId: string): boolean {
  return Date.now() - (askedAtMs.get(userId) ?? -Infinity) > ASK_AGAIN_MS;
}

/**
 * Completes what the token leaves out by one question to Clerk; no key, no answer or no time means
 * unverified.
 */
async function fillIn(
  identity: ClerkIdentity,
  input: { readonly settings: ClerkSettings; readonly isKnown: boolean },
): Promise<ClerkIdentity> {
  if (identity.email !== null && identity.isEmailVerified !== null) return identity;
  const secretKey = input.settings.CLERK_SECRET_KEY;
  if (secretKey === undefined || !mayAskAgain(identity.userId)) return identity;
  if (askedAtMs.size > 10_000) askedAtMs.clear();
  askedAtMs.set(identity.userId, Date.now());
  let timer: NodeJS.Timeout | undefined;
  try {
    const { createClerkClient } = await import("@clerk/nextjs/server");
    const { clerkApiUrl: apiUrl } = input.settings;
    const clerk = createClerkClient({ secretKey, ...(apiUrl === undefined ? {} : { apiUrl }) });
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error("Clerk did not answer in time"));
      }, CLERK_TIMEOUT_MS);
    });
    const user = await Promise.race([clerk.users.getUser(identity.userId), timeout]);
    const address = user.emailAddresses.find((entry) => entry.id === user.primaryEmailAddressId);
    return {
      userId: identity.userId,
      email: address?.emailAddress ?? identity.email,
      isEmailVerified: address?.verification?.status === "verified",
      name: user.fullName ?? identity.name,
    };
  } catch {
    return identity;
  } finally {
    clearTimeout(timer);
  }
}

/** Two first requests at once make one row; an address somebody else holds is left out. */
async function insertUser(sql: Sql, identity: ClerkIdentity, locale: Locale): Promise<void> {
  const name = (identity.name ?? "").slice(0, 80);
  const email = identity.email?.toLowerCase() ?? null;
  const isVerified = email !== null && identity.isEmailVerified === true;
  const rows = await sql`
    insert into users (id, email, email_verified, name, locale)
    values (${identity.userId}, ${email}, ${isVerified}, ${name}, ${locale})
    on conflict do nothing returning id`;
  if (rows.length > 0 || email === null) return;
  await sql`
    insert into users (id, name, locale) values (${identity.userId}, ${name}, ${locale})
    on conflict do nothing`;
}

async function updateEmail(sql: Sql, identity: ClerkIdentity): Promise<void> {
  if (identity.email === null || identity.isEmailVerified === null) return;
  const email = identity.email.toLowerCase();
  await sql`
    update users set email = ${email}, email_verified = ${identity.isEmailVerified}, updated_at = app_now()
    where id = ${identity.userId} and erased_at is null and not exists (
      select 1 from users as other where other.id <> ${identity.userId}
        and other.email_canonical = lower(normalize(trim(trailing '.' from ${email}::text), NFKC)))`;
}

function findBearer(headers: Headers): string | null {
  const match = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "");
  return match?.[1] ?? null;
}

function text(claim: unknown): string | null {
  return typeof claim === "string" && claim !== "" && !claim.includes("\u0000") ? claim : null;
}
