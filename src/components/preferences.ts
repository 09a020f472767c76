import type { Scheme } from "./theme.ts";

export const looks = ["light", "dark", "system"] as const;
export type Look = (typeof looks)[number];

/** Anything but a look of ours counts as the system's. */
export function lookOf(value: string | undefined): Look {
  return looks.find((look) => look === value) ?? "system";
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** What this browser prefers, readable by the server, so that the first paint is already right. */
export function rememberPreference(name: "look" | "locale" | "system-scheme", value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=${String(YEAR_SECONDS)}; samesite=lax`;
}

/**
 * The system's scheme as far as a server can know it: the browser's hint, else what it last reported,
 * else light.
 */
export function guessSystemScheme(reported: string | undefined, headers: Headers): Scheme {
  const hint = headers.get("sec-ch-prefers-color-scheme")?.replaceAll('"', "");
  return (hint ?? reported) === "dark" ? "dark" : "light";
}
