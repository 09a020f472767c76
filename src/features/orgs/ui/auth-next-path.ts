/** A base no real page has: what resolves away from it was not a path of ours. */
const ANYWHERE = "http://a.invalid";

/**
 * Where to go after signing in: only a path of this site. Absolute addresses, `//host`,
 * backslashes, control characters (browsers drop tabs and line breaks), encoded ones, and the
 * sign-in pages themselves become the fallback.
 */
export function nextPath(wish: string | readonly string[] | undefined, fallback = "/chat"): string {
  if (typeof wish !== "string" || wish.length > 2_000 || !wish.startsWith("/")) return fallback;
  if (/[\\\p{Cc}]/u.test(wish)) return fallback;
  if (!URL.canParse(wish, ANYWHERE)) return fallback;
  const url = new URL(wish, ANYWHERE);
  if (url.origin !== ANYWHERE || url.pathname.startsWith("//")) return fallback;
  if (/%(?:0|1|2f|5c|7f)/i.test(url.pathname)) return fallback;
  if (/^\/(sign-in|sign-up|verify|reset|api)(\/|$)/.test(url.pathname)) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
