import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { DomainError } from "@/domain/errors.ts";
import { errorMap } from "@/server/error-map.ts";
import { log } from "@/server/log.ts";
import { localeOf } from "@/server/request-locale.ts";
import { authenticate } from "@/api/authenticate.ts";
import { checkOrigin } from "@/api/check-origin.ts";
import { appRouter } from "@/api/root.ts";
import { readBody } from "./read-json-body.ts";
import { refusalResponse } from "./refusal-response.ts";

/**
 * `/api/trpc`: everything that is not a stream. Session cookie; `Origin` checked on POST; bodies up
 * to 1 MiB.
 */
export async function trpcDoor(request: Request): Promise<Response> {
  try {
    checkOrigin(request);
    return await fetchRequestHandler({
      endpoint: "/api/trpc",
      req: request.method === "POST" ? await withBoundedBody(request) : request,
      router: appRouter,
      createContext: () => contextOf(request),
      // A query may come as POST, so that what it carries stays out of addresses and their logs.
      allowMethodOverride: true,
      responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
    });
  } catch (error) {
    return refusalResponse(error, localeOf(request.headers), randomUUID());
  }
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

async function contextOf(request: Request) {
  try {
    return await authenticate(request);
  } catch (error) {
    if (error instanceof DomainError) {
      throw new TRPCError({ code: errorMap[error.code].trpc, message: error.code, cause: error });
    }
    log().error({ err: error }, "authentication failed");
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "internal" });
  }
}
