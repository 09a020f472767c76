import { DomainError } from "@/domain/errors.ts";
import { clientAddress, noteSocketAddresses } from "@/server/client-address.ts";
import type { Ctx } from "@/server/ctx.ts";
import { countRateLimited } from "@/server/metrics.ts";
import {
  rateLimiter,
  type Allowance,
  type Charge,
  type RateLimiter,
} from "@/server/rate-limits.ts";
import { findSessionToken } from "@/server/session.ts";
import { authenticate, partsOfProcess, type IdentityParts } from "./authenticate.ts";
import { doorLimits, type LimitedDoor, type LimitTable } from "./door-limits.ts";

/** What limits need of the process; tests bring their own. */
export type LimitParts = {
  readonly limiter?: RateLimiter;
  readonly limits?: LimitTable;
  readonly identity?: IdentityParts;
};

/** How many attempts at which doors a request is. */
export type Attempts = readonly { readonly door: LimitedDoor; readonly points: number }[];

type Caller = { readonly userId: string; readonly orgId: string };

export type Admitted = {
  readonly ctx: Ctx;
  /** The count of this request; it never rejects. */
  readonly counted: Promise<Allowance>;
};

const CALLERS_MAX = 10_000;

/** Whose session a token is: it never changes, so their count need not wait for the session's read. */
const callers = new Map<string, Caller>();

/**
 * Says who asks and counts the request for their address, themselves and their organisation, all in
 * one statement, beside the session's read where the caller is known. A stranger costs no more than
 * a count of their address, and nothing at all once it is refused.
 * @throws RateLimited, or as `authenticate`.
 */
export async function admitCaller(
  request: Request,
  attempts: Attempts,
  parts: LimitParts = {},
): Promise<Admitted> {
  noteSocketAddresses();
  const { limiter = rateLimiter(), limits = doorLimits, identity = partsOfProcess() } = parts;
  const { settings } = identity;
  const address = clientAddress(request.headers, settings.TRUSTED_PROXY_HOPS);
  const chargesOf = (caller: Caller | null): Charge[] =>
    attempts.flatMap(({ door, points }) =>
      subjectsOf(address, caller).map(([scope, subject]) => ({
        ...{ name: `${door}-${scope}`, limit: limits[door][scope], subject, points },
      })),
    );
  const refused = limiter.peek(chargesOf(null));
  const door = attempts[0]?.door ?? "procedure";
  if (refused !== null) allow(refused, door);
  const token = findSessionToken(request.headers.get("cookie"), settings);
  const known = token === null ? undefined : callers.get(token);
  const early = known === undefined ? null : limiter.consume(chargesOf(known));
  const ctx = await authenticate(request, identity).catch(async (error: unknown) => {
    const isStranger = error instanceof DomainError && error.code === "unauthenticated";
    if (isStranger) allow(await (early ?? limiter.consume(chargesOf(null))), door);
    throw error;
  });
  if (token !== null && known === undefined) remember(token, ctx);
  return { ctx, counted: early ?? limiter.consume(chargesOf(ctx)) };
}

/** The refusal `rate_limited`, with the headers that say which limit it was. */
export class RateLimited extends DomainError {
  readonly allowance: Allowance;

  constructor(allowance: Allowance) {
    const { retryAfterSeconds } = allowance;
    super("rate_limited", "too many requests", { retryAfterSeconds });
    this.allowance = allowance;
  }
}

/** @param door for the count of refusals. @throws RateLimited. */
export function allow(allowance: Allowance, door: string): void {
  if (allowance.isAllowed) return;
  countRateLimited(door);
  throw new RateLimited(allowance);
}

function subjectsOf(address: string, caller: Caller | null) {
  const own = [["address", address]] as const;
  if (caller === null) return own;
  return [...own, ["user", caller.userId], ["organisation", caller.orgId]] as const;
}

function remember(token: string, { userId, orgId }: Ctx): void {
  if (callers.size >= CALLERS_MAX) callers.clear();
  callers.set(token, { userId, orgId });
}
