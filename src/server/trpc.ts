import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { ZodError } from "zod";
import { DomainError, type DomainErrorCode, type DomainErrorDetails } from "@/domain/errors.ts";
import type { Ctx } from "./ctx.ts";
import { asUnavailable } from "./db/database-errors.ts";
import { errorMap } from "./error-map.ts";
import { log } from "./log.ts";

/**
 * What a tRPC error carries besides its HTTP status; the client turns `domain` into a sentence by
 * its catalogue.
 */
export type ErrorData = {
  readonly domain: DomainErrorCode | "internal";
  readonly details: DomainErrorDetails;
  readonly requestId: string;
};

const t = initTRPC.context<Ctx>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error, ctx }) => {
    const cause = error.cause;
    const isInput = cause instanceof ZodError;
    const data: ErrorData = {
      domain: cause instanceof DomainError ? cause.code : isInput ? "invalid_input" : "internal",
      details: cause instanceof DomainError ? cause.details : {},
      requestId: ctx?.requestId ?? "",
    };
    // The message is the code: sentences are the catalogue's, and nothing of an unknown error may
    // leave.
    return {
      message: data.domain,
      code: shape.code,
      data: { ...data, httpStatus: shape.data.httpStatus },
    };
  },
});

const mapErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = asUnavailable(result.error.cause);
  if (cause instanceof DomainError) {
    throw new TRPCError({ code: errorMap[cause.code].trpc, message: cause.code, cause });
  }
  if (result.error.code === "INTERNAL_SERVER_ERROR") {
    log().error(
      { requestId: ctx.requestId, path, err: result.error.cause ?? result.error },
      "procedure failed",
    );
    throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "internal" });
  }
  return result;
});

export const router = t.router;

/** A procedure for any signed-in person; the context is theirs. Roles are checked in the verb. */
export const procedure = t.procedure.use(mapErrors);
