import type { Locale } from "@/server/ctx.ts";

/** The value of one cookie, decoded, or null. Of cookies with the same name the first counts. */
export function findCookie(cookieHeader: string | null, name: string): string | null {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const separator = pair.indexOf("=");
    if (separator === -1 || pair.slice(0, separator).trim() !== name) continue;
    try {
      return decodeURIComponent(pair.slice(separator + 1).trim());
    } catch {
      return null;
    }
  }
  return null;
}

/** The language our pages show somebody without an account: the cookie `locale`, else Vietnamese. */
export function pageLocaleOf(headers: Headers): Locale {
  return chosenLocale(headers) ?? "vi";
}

/**
 * The language of somebody not known yet: the cookie `locale`, else the first of ours in
 * Accept-Language, else vi.
 */
export function localeOf(headers: Headers): Locale {
  const chosen = chosenLocale(headers);
  if (chosen !== null) return chosen;
  for (const range of (headers.get("accept-language") ?? "").slice(0, 1_000).split(",")) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === "vi" || language === "en") return language;
  }
  return "vi";
}

function chosenLocale(headers: Headers): Locale | null {
  const chosen = findCookie(headers.get("cookie"), "locale");
  return chosen === "vi" || chosen === "en" ? chosen : null;
}
