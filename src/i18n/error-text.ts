import { createTranslator } from "next-intl";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import { errorValues, type ErrorTextCode, type ErrorTextDetails } from "./error-values.ts";
import { TIME_ZONE, type AppLocale } from "./locales.ts";

const catalogues = { vi: { errors: vi.errors }, en: { errors: en.errors } };

/**
 * One sentence or two for a refusal, with the next step in it, in the given language. For doors and
 * mails; pages have `useErrorText`, which does not carry both catalogues to the browser.
 */
export function errorText(
  locale: AppLocale,
  code: ErrorTextCode,
  details: ErrorTextDetails,
): string {
  const messages = catalogues[locale];
  const t = createTranslator({ locale, messages, namespace: "errors", timeZone: TIME_ZONE });
  return t(code, errorValues(locale, details));
}
