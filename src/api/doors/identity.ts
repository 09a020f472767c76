import { randomUUID } from "node:crypto";
import { allow } from "@/api/admit-caller.ts";
import { allowedOrigins, checkOrigin } from "@/api/check-origin.ts";
import { renderIdentityMail } from "@/api/identity-mail.ts";
import type { IdentityParts } from "@/api/authenticate.ts";
import { DomainError } from "@/domain/errors.ts";
import { CLIENT_ADDRESS_HEADER, makeAuth, type IdentityMail } from "@/server/auth.ts";
import { clientAddress, noteSocketAddresses } from "@/server/client-address.ts";
import { db } from "@/server/db/client.ts";
import { asUnavailable } from "@/server/db/database-errors.ts";
import { env } from "@/server/env.ts";
import { log } from "@/server/log.ts";
import { canSendMail, sendMail } from "@/server/mail/send-mail.ts";
import {
  makeRateLimiter,
  rateLimiter,
  type Charge,
  type RateLimiter,
} from "@/server/rate-limits.ts";
import { localeOf } from "@/server/request-locale.ts";
import { findSession } from "@/server/session.ts";
import { addHeaders } from "./add-headers.ts";
import { answerOf, identityRefusal } from "./identity-answer.ts";
import { identityEndpoints, identityLimits, type IdentityLimits } from "./identity-endpoints.ts";
import { readJsonBody } from "./read-json-body.ts";

const BASE_PATH = "/api/auth";

type Door = (request: Request) => Promise<Response>;
type DoorParts = IdentityParts & {
  readonly limits?: IdentityLimits;
  readonly limiter?: RateLimiter;
};

/**
 * The door of the built-in identity, `/api/auth/*`: Origin, size, fields, attempts and mail are
 * checked here, then the library decides. In Clerk mode nothing is here.
 */
export function makeIdentityDoor(parts: DoorParts): Door {
  const { settings, limits = identityLimits } = parts;
  const auth = makeAuth({
    db: parts.db,
    settings,
    trustedOrigins: allowedOrigins(settings),
    postMail: (mail) => void postMail(mail, parts),
  });
  const { limiter = makeRateLimiter({ sql: parts.db.$client, redis: null }) } = parts;

  return async (request) => {
    const asker = { locale: localeOf(request.headers), requestId: randomUUID() };
    let limitHeaders: Readonly<Record<string, string>> = {};
    try {
      const url = new URL(request.url);
      const path = url.pathname.slice(BASE_PATH.length);
      if (settings.identity === "clerk") throw new DomainError("not_found", "identity is Clerk's");
      if (request.method === "GET" && path === "/get-session")
        return await sessionResponse(request, parts);
      const endpoint = identityEndpoints.get(`${request.method} ${path}`);
      if (endpoint === undefined) throw new DomainError("not_found", "no such identity endpoint");
      checkOrigin(request, settings);
      const body = endpoint.body === null ? null : await readJsonBody(request, endpoint.body);
      if (endpoint.needsMail && !canSendMail(settings)) {
        throw new DomainError("feature_disabled", "no way to send mail", { feature: "mail" });
      }
      const address = clientAddress(request.headers, settings.TRUSTED_PROXY_HOPS);
      const perAccount = chargeOf(limits, endpoint.perAccount, String(body?.["email"]));
      const allowance = await limiter.consume([
        ...chargeOf(limits, endpoint.perAddress, address),
        ...perAccount,
      ]);
      limitHeaders = allowance.headers;
      allow(allowance, "identity");
      const inner = innerRequest(request, { path, url, address, body, baseUrl: settings.BASE_URL });
      const isSomebody = path === "/verify-email" && (await isSignedIn(request, parts));
      const response = await answerOf(await auth.handler(inner), asker);
      // Opening somebody else's link must not change who is signed in.
      if (isSomebody) response.headers.delete("set-cookie");
      if (response.ok && path === "/sign-in/email") {
        await Promise.all(perAccount.map((charge) => limiter.clear(charge)));
      }
      return addHeaders(response, limitHeaders);
    } catch (thrown) {
      const error = asUnavailable(thrown);
      if (!(error instanceof DomainError))
        log().error({ requestId: asker.requestId, err: error }, "identity failed");
      return addHeaders(identityRefusal(error, asker), limitHeaders);
    }
  };
}

function chargeOf(
  limits: IdentityLimits,
  name: keyof IdentityLimits | null,
  subject: string,
): readonly Charge[] {
  return name === null ? [] : [{ name, limit: limits[name], subject }];
}

let ofProcess: Door | null = null;

/** The door on this process's settings and database. */
export function identityDoor(request: Request): Promise<Response> {
  noteSocketAddresses();
  ofProcess ??= makeIdentityDoor({ db: db(), settings: env(), limiter: rateLimiter() });
  return ofProcess(request);
}

type InnerRequest = {
  readonly path: string;
  readonly url: URL;
  readonly address: string;
  readonly body: Record<string, unknown> | null;
  readonly baseUrl: string;
};

/**
 * What the library gets to see: our own address as host, the fields we know, the headers it needs.
 */
function innerRequest(request: Request, input: InnerRequest): Request {
  const url = new URL(`${BASE_PATH}${input.path}`, input.baseUrl);
  const token = input.url.searchParams.get("token");
  if (input.path === "/verify-email") {
    url.searchParams.set("token", (token ?? "").slice(0, 2_000));
    url.searchParams.set("callbackURL", "/verify?state=done");
  }
  const headers = new Headers({
    [CLIENT_ADDRESS_HEADER]: input.address,
    "content-type": "application/json",
  });
  for (const name of ["cookie", "origin", "user-agent", "accept-language"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, name === "cookie" ? value : value.slice(0, 500));
  }
  const isPost = request.method === "POST";
  return new Request(url, {
    method: request.method,
    headers,
    body: isPost ? JSON.stringify(input.body ?? {}) : null,
  });
}

async function isSignedIn(request: Request, { db: pool, settings }: DoorParts): Promise<boolean> {
  return (await findSession(pool.$client, request.headers.get("cookie"), settings)) !== null;
}

async function sessionResponse(
  request: Request,
  { db: pool, settings }: DoorParts,
): Promise<Response> {
  const person = await findSession(pool.$client, request.headers.get("cookie"), settings);
  const user = person && {
    id: person.userId,
    email: person.email,
    name: person.name,
    role: person.role,
    emailVerified: person.isEmailVerified,
  };
  return Response.json(user && { user }, { headers: { "cache-control": "no-store" } });
}

/**
 * Sends in the background; with the embedded database and no mail server the link goes to the log
 * as well.
 */
async function postMail(mail: IdentityMail, { settings }: DoorParts): Promise<void> {
  try {
    const path = await sendMail(settings, renderIdentityMail(mail));
    if (path !== null) log().info({ path, link: mail.url }, `mail (${mail.kind}) is in the outbox`);
  } catch (error) {
    log().error({ err: error, kind: mail.kind }, "mail could not be sent");
  }
}
