import type { AttemptLimit } from "./rate-limits.ts";

/** Where a caller stands with one limit. */
export type Standing = {
  readonly name: string;
  readonly limit: AttemptLimit;
  readonly isAllowed: boolean;
  readonly remaining: number;
  readonly msBeforeNext: number;
};

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers) with one item per limit,
 * and the older three headers for the limit that will be reached first.
 */
export function rateLimitHeaders(standings: readonly Standing[]): Record<string, string> {
  const [tightest] = standings.toSorted((one, other) => shareLeft(one) - shareLeft(other));
  if (tightest === undefined) return {};
  const policies = standings.map(
    ({ name, limit }) => `"${name}";q=${limit.countMax};w=${Math.ceil(limit.windowMs / 1000)}`,
  );
  const states = standings.map(
    (standing) => `"${standing.name}";r=${standing.remaining};t=${secondsLeft(standing)}`,
  );
  return {
    "ratelimit-policy": policies.join(", "),
    ratelimit: states.join(", "),
    "ratelimit-limit": String(tightest.limit.countMax),
    "ratelimit-remaining": String(tightest.remaining),
    "ratelimit-reset": String(secondsLeft(tightest)),
  };
}

function shareLeft({ remaining, limit, isAllowed }: Standing): number {
  return isAllowed ? remaining / limit.countMax : -1;
}

function secondsLeft({ msBeforeNext }: Standing): number {
  return Math.ceil(msBeforeNext / 1000);
}
