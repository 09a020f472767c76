import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { DomainError } from "@/domain/errors.ts";
import { errorMap } from "@/server/error-map.ts";
import { log } from "@/server/log.ts";
import { localeOf } from "@/server/request-locale.ts";
import {
  admitCaller,
  allow,
  RateLimited,
  type Attempts,
  type LimitParts,
} from "@/api/admit-caller.ts";
import { checkOrigin } from "@/api/check-origin.ts";
import { appRouter } from "@/api/root.ts";
import { readBody } from "./read-json-body.ts";
import { refusalResponse } from "./refusal-response.ts";

const PREVIEW = "costOptimization.getOptimalModel";

/**
 * `/api/trpc`: everything that is not a stream. Session cookie; `Origin` checked on POST; bodies up
 * to 1 MiB; each procedure of a batch counts as one request.
 */
export async function trpcDoor(request: Request, parts: LimitParts = {}): Promise<Response> {
  let headers: Readonly<Record<string, string>> = {};
  try {
    checkOrigin(request);
    return await fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request.method === "POST" ? await withBoundedBody(request) : request,
      router: appRouter,
      createContext: () =>
        contextOf(request, parts, (given) => {
          headers = given;
        }),
      // A query may come as POST, so that what it carries stays out of addresses and their logs.
      allowMethodOverride: true,
      responseMeta: ({ errors }) => ({
        headers: { "cache-control": "no-store", ...headers, ...retryAfterOf(errors) },
      }),
    });
  } catch (error) {
    return refusalResponse(error, localeOf(request.headers), randomUUID());
  }
}

function attemptsOf(request: Request): Attempts {
  const path = new URL(request.url).pathname.slice("/api/trpc/".length);
  const names = path.split(/,|%2c/i);
  const previews = names.filter((name) => name === PREVIEW).length;
  const attempts = [
    { door: "preview", points: previews },
    { door: "procedure", points: names.length - previews },
  ] as const;
  return attempts.filter(({ points }) => points > 0);
}

function retryAfterOf(errors: readonly TRPCError[]): Readonly<Record<string, string>> {
  const waits = errors.flatMap(({ cause }) =>
    cause instanceof DomainError && cause.details.retryAfterSeconds !== undefined
      ? [cause.details.retryAfterSeconds]
      : [],
  );
  return waits.length === 0 ? {} : { "retry-after": String(Math.max(...waits)) };
}

async function withBoundedBody(request: Request): Promise<Request> {
  const body = await readBody(request);
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    body: Buffer.from(body),
    signal: request.signal,
  });
}

async function contextOf(
  request: Request,
  parts: LimitParts,
  setHeaders: (headers: Readonly<Record<string, string>>) => void,
) {
  try {
    const { ctx, counted } = await admitCaller(request, attemptsOf(request), parts);
    const allowance = await counted;
    setHeaders(allowance.headers);
    allow(allowance, "procedure");
    return ctx;
  } catch (error) {
    if (error instanceof RateLimited) setHeaders(error.allowance.headers);
    if (error instanceof DomainError) {
      throw new TRPCError({ code: errorMap[error.code].trpc, message: error.code, cause: error });
    }
    log().error({ err: error }, "authentication failed");
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "internal" });
  }
}
