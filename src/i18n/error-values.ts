import type { DomainErrorCode, DomainErrorDetails } from "@/domain/errors.ts";
import { formatVnd, formatVndLeft } from "@/domain/money/format-vnd.ts";
import { TIME_ZONE } from "./locales.ts";

/** `internal` stands for whatever no code names; its sentence carries the request's id. */
export type ErrorTextCode = DomainErrorCode | "internal";
export type ErrorTextDetails = DomainErrorDetails & { readonly requestId?: string };

const presence = (value: unknown): "yes" | "no" => (value === undefined ? "no" : "yes");

/** What the sentences of `errors` may name, written out for the language; `has…` says what is known. */
export function errorValues(
  locale: string,
  details: ErrorTextDetails,
): Record<string, string | number> {
  const seconds = details.retryAfterSeconds;
  return {
    hasRemaining: presence(details.remainingMicroVnd),
    remaining: formatVndLeft(BigInt(details.remainingMicroVnd ?? "0")),
    hasReset: presence(details.resetsAt),
    resetsAt: details.resetsAt === undefined ? "" : localInstant(locale, details.resetsAt),
    hasCap: presence(details.capMicroVnd),
    cap: formatVnd(BigInt(details.capMicroVnd ?? "0")),
    hasCount: presence(details.limitCount),
    count: details.limitCount ?? 0,
    hasModel: presence(details.modelId),
    model: details.modelId ?? "",
    feature: details.feature ?? "other",
    isAnswerUnbooked: details.isAnswerUnbooked === true ? "yes" : "no",
    hasWait: presence(seconds),
    seconds: seconds ?? 0,
    requestId: details.requestId ?? "",
  };
}

function localInstant(locale: string, iso: string): string {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : "vi-VN", {
    timeZone: TIME_ZONE,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    day: "numeric",
    month: locale === "en" ? "long" : "numeric",
    year: "numeric",
  }).format(new Date(iso));
}
