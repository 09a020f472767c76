import { DomainError } from "@/domain/errors.ts";
import { microVndToVndFloor } from "@/domain/money/vnd.ts";
import { errorText } from "@/i18n/error-text.ts";
import type { Locale } from "@/server/ctx.ts";
import { asUnavailable } from "@/server/db/database-errors.ts";
import { errorMap } from "@/server/error-map.ts";
import { log } from "@/server/log.ts";

const RETRY_AFTER_SECONDS = 5;

/**
 * An error as a person may see it: a closed code and a sentence; anything unexpected is logged and
 * masked.
 */
export type PublicError = {
  readonly error: DomainError | null;
  readonly code: string;
  readonly message: string;
};

/** Maps whatever was thrown; nothing of an unknown error leaves but the request id. */
export function publicError(thrown: unknown, locale: Locale, requestId: string): PublicError {
  const error = asUnavailable(thrown);
  if (error instanceof DomainError) {
    return { error, code: error.code, message: errorText(locale, error.code, error.details) };
  }
  log().error({ requestId, err: thrown }, "request failed");
  return { error: null, code: "internal", message: errorText(locale, "internal", { requestId }) };
}

/**
 * The refusal body of the chat door (`contract.md` 1), with the status and headers its code has.
 */
export function refusalResponse(thrown: unknown, locale: Locale, requestId: string): Response {
  const { error, code, message } = publicError(thrown, locale, requestId);
  const remaining = error?.details.remainingMicroVnd ?? null;
  const body = {
    error: { code, message },
    budgetExceeded: code === "budget_exhausted",
    remainingBudgetVND: remaining === null ? null : Number(microVndToVndFloor(BigInt(remaining))),
    remainingMicroVnd: remaining,
    resetsAt: error?.details.resetsAt ?? null,
    requestId,
    ...detailsOf(error),
  };
  const status = error === null ? 500 : errorMap[error.code].status;
  return Response.json(body, { status, headers: headersOf(error, status, requestId) });
}

function headersOf(error: DomainError | null, status: number, requestId: string): Headers {
  const headers = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
  const isWorthRetrying =
    status === 429 || error?.code === "database_unavailable" || error?.code === "overloaded";
  if (isWorthRetrying) {
    headers.set("retry-after", String(error?.details.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
  }
  return headers;
}

/** What the page needs to offer the next step, where the refusal has it. */
function detailsOf(error: DomainError | null) {
  if (error === null) return {};
  const { capMicroVnd, limitCount, modelId, feature, conversationId } = error.details;
  return {
    ...(capMicroVnd === undefined ? {} : { capMicroVnd }),
    ...(limitCount === undefined ? {} : { limitCount }),
    ...(modelId === undefined ? {} : { modelId }),
    ...(feature === undefined ? {} : { feature }),
    ...(conversationId === undefined ? {} : { pho: { conversationId } }),
  };
}
