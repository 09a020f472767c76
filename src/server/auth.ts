import { randomUUID } from "node:crypto";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { isAPIError } from "better-auth/api";
import { eq } from "drizzle-orm";
import * as schema from "@drizzle/schema/index.ts";
import type { Locale } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { pageLocaleOf } from "@/server/request-locale.ts";
import { SESSION_COOKIE_PREFIX } from "@/server/session.ts";

export { hashPassword } from "better-auth/crypto";

export const PASSWORD_CHARACTERS_MIN = 8;
export const PASSWORD_CHARACTERS_MAX = 128;

/** The header the door puts the trusted client address into, over whatever the caller sent. */
export const CLIENT_ADDRESS_HEADER = "x-pho-client-address";

const SESSION_SECONDS = 30 * 24 * 3600;
const VERIFICATION_SECONDS = 24 * 3600;
const RESET_SECONDS = 3600;

/**
 * A mail with a link in it that identity asks for; the caller renders and sends it. It carries
 * nothing a stranger typed: anybody can have it sent to anybody.
 */
export type IdentityMail = {
  readonly kind: "verify" | "reset";
  readonly to: string;
  readonly locale: Locale;
  readonly url: string;
};

export type AuthParts = {
  readonly db: Db;
  readonly settings: { readonly AUTH_SECRET: string; readonly BASE_URL: string };
  readonly trustedOrigins: readonly string[];
  /**
   * Must return at once: an answer that waits for a mail server tells which addresses are known.
   */
  readonly postMail: (mail: IdentityMail) => void;
};

export type Auth = { readonly handler: (request: Request) => Promise<Response> };

/**
 * The built-in identity: better-auth's core on our tables. Attempts are limited and input is
 * cleaned by the door in front of it. Errors other than its own refusals are thrown.
 */
export function makeAuth(parts: AuthParts): Auth {
  const { db, settings } = parts;
  const auth = betterAuth({
    appName: "Phở Chat",
    baseURL: settings.BASE_URL,
    basePath: "/api/auth",
    secret: settings.AUTH_SECRET,
    trustedOrigins: [...parts.trustedOrigins],
    database: drizzleAdapter(db, { provider: "pg", schema, usePlural: true }),
    ...passwordOptions(parts),
    user: {
      additionalFields: {
        role: { type: "string", input: false, required: false, defaultValue: "user" },
        locale: { type: "string", input: false, required: false, defaultValue: "vi" },
      },
    },
    session: {
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    verification: { storeIdentifier: "hashed" },
    databaseHooks: databaseHooks(db),
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: SESSION_COOKIE_PREFIX,
      useSecureCookies: settings.BASE_URL.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" },
      database: { generateId: () => randomUUID() },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
    onAPIError: {
      onError: (error) => {
        if (!isAPIError(error)) throw error;
      },
    },
  });
  return { handler: (request) => auth.handler(request) };
}

/** Links are made here from our own address, never from a request's host. */
function passwordOptions({ settings, postMail }: AuthParts) {
  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: false,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: PASSWORD_CHARACTERS_MAX,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => {
        postMail({
          ...reader(user),
          kind: "reset",
          url: `${settings.BASE_URL}/reset?token=${token}`,
        });
        return Promise.resolve();
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: true,
      expiresIn: VERIFICATION_SECONDS,
      sendVerificationEmail: ({ user, token }) => {
        const query = new URLSearchParams({ token, callbackURL: "/verify?state=done" });
        const url = `${settings.BASE_URL}/api/auth/verify-email?${query.toString()}`;
        postMail({ ...reader(user), kind: "verify", url });
        return Promise.resolve();
      },
    },
  } satisfies Pick<BetterAuthOptions, "emailAndPassword" | "emailVerification">;
}

function databaseHooks(db: Db) {
  return {
    user: {
      create: {
        before: (user, context) =>
          Promise.resolve({
            data: {
              ...user,
              role: "user",
              locale: pageLocaleOf(context?.headers ?? new Headers()),
            },
          }),
      },
    },
    session: {
      create: {
        /** Disabled and erased people get no session, whichever road they come by. */
        before: async (session) => {
          const [user] = await db
            .select({ disabledAt: schema.users.disabledAt, erasedAt: schema.users.erasedAt })
            .from(schema.users)
            .where(eq(schema.users.id, session.userId));
          return user?.disabledAt === null && user.erasedAt === null;
        },
      },
    },
  } satisfies BetterAuthOptions["databaseHooks"];
}

function reader(user: { readonly email: string; readonly locale?: unknown }) {
  const locale: Locale = user.locale === "en" ? "en" : "vi";
  return { to: user.email, locale };
}
