import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import { DEFAULT_LOCALE, isLocale } from "./locales.ts";

const catalogues = { vi, en };

type Namespace = keyof typeof vi;

/** The texts of these namespaces: only what the pages below need travels to the browser. */
export function pickMessages(locale: string, namespaces: readonly Namespace[]) {
  const catalogue = catalogues[isLocale(locale) ? locale : DEFAULT_LOCALE];
  return Object.fromEntries(namespaces.map((name) => [name, catalogue[name]] as const));
}
