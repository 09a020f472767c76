import { getRequestConfig } from "next-intl/server";
import { cookies } from "next/headers";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import { DEFAULT_LOCALE, isLocale, TIME_ZONE } from "./locales.ts";

const catalogues = { vi, en };

/** The language of a page: the cookie `locale`, else Vietnamese. Addresses are the same in both. */
export default getRequestConfig(async ({ locale: wished }) => {
  const chosen = wished ?? (await cookies()).get("locale")?.value;
  const locale = isLocale(chosen) ? chosen : DEFAULT_LOCALE;
  return { locale, messages: catalogues[locale], timeZone: TIME_ZONE };
});
