import { useLocale, useTranslations } from "next-intl";
import { useCallback } from "react";
import type { DomainErrorDetails } from "@/domain/errors.ts";
import { errorValues, type ErrorTextCode, type ErrorTextDetails } from "./error-values.ts";

/** The sentences of `errorText` in the browser, from the page's own catalogue. */
export function useErrorText(): (code: ErrorTextCode, details: ErrorTextDetails) => string {
  const locale = useLocale();
  const t = useTranslations("errors");
  return useCallback((code, details) => t(code, errorValues(locale, details)), [locale, t]);
}

/** What a failed tRPC call carries; no `data` when the server was not reached at all. */
type FailedCall = {
  readonly data?:
    | {
        readonly domain: ErrorTextCode;
        readonly details: DomainErrorDetails;
        readonly requestId: string;
      }
    | null
    | undefined;
};

/** The sentence for a failed call; a lost line reads as the server being unreachable for now. */
export function useFailureText(): (failed: FailedCall) => string {
  const errorText = useErrorText();
  return useCallback(
    ({ data }) =>
      data
        ? errorText(data.domain, { ...data.details, requestId: data.requestId })
        : errorText("overloaded", {}),
    [errorText],
  );
}
