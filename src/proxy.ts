import { NextResponse, type NextRequest } from "next/server";
import { env } from "@/server/env.ts";

type PolicyInput = {
  readonly nonce: string;
  readonly isDevelopment: boolean;
  /** Set in Clerk mode: its front end needs a few foreign hosts. */
  readonly clerkPublishableKey: string | undefined;
};

/**
 * The page's content security policy: our own files and what carries this answer's nonce, nothing
 * else. Style attributes are let in because React and Ant Design place things by them; an attribute
 * can neither load a script nor outlive its element. `next dev` evaluates code and injects styles,
 * so it gets both.
 */
export function contentSecurityPolicy({
  nonce,
  isDevelopment,
  clerkPublishableKey,
}: PolicyInput): string {
  const clerk =
    clerkPublishableKey === undefined ? null : `https://${clerkHost(clerkPublishableKey)}`;
  const isClerk = clerk !== null;
  const challenge = isClerk ? ["https://challenges.cloudflare.com"] : [];
  const directives: Record<string, readonly string[]> = {
    "default-src": ["'self'"],
    "script-src": [
      ...["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"],
      ...(isDevelopment ? ["'unsafe-eval'"] : []),
      ...(isClerk ? [clerk, ...challenge] : []),
    ],
    // A nonce would switch 'unsafe-inline' off, which Clerk's forms and next dev need.
    "style-src": ["'self'", isDevelopment || isClerk ? "'unsafe-inline'" : `'nonce-${nonce}'`],
    "style-src-attr": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:", ...(isClerk ? ["https://img.clerk.com"] : [])],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'", ...(isDevelopment ? ["ws:"] : []), ...(isClerk ? [clerk] : [])],
    ...(isClerk
      ? { "worker-src": ["'self'", "blob:"], "frame-src": ["'self'", ...challenge] }
      : {}),
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(" ")}`)
    .join("; ");
}

/**
 * The host of Clerk's front end, which its publishable key encodes: `pk_<kind>_` + base64 of
 * `<host>$`.
 */
export function clerkHost(publishableKey: string): string {
  return Buffer.from(publishableKey.replace(/^pk_[a-z]+_/, ""), "base64")
    .toString("utf8")
    .replace(/\$$/, "");
}

/** Gives every page its own nonce and policy. Who may see what is never decided here. */
export function proxy(request: NextRequest): NextResponse {
  const settings = env();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy({
    nonce,
    isDevelopment: settings.NODE_ENV === "development",
    clerkPublishableKey: settings.CLERK_PUBLISHABLE_KEY,
  });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("x-pathname", request.nextUrl.pathname + request.nextUrl.search);
  // Next reads the nonce for its own scripts from the policy on the request.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = { matcher: ["/((?!api/|webapi/|_next/static|_next/image|icon.svg).*)"] };
