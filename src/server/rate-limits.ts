import { createHash } from "node:crypto";
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import type { Sql } from "postgres";
import { db } from "./db/client.ts";
import { dropEndedWindows } from "./db/count-attempts.ts";
import { env } from "./env.ts";
import { log } from "./log.ts";
import { rateLimitHeaders, type Standing } from "./rate-limit-headers.ts";
import { makeLimiterClient } from "./rate-limit-store.ts";
import { openRedis, type Redis } from "./redis.ts";

/** At most `countMax` attempts within `windowMs` from the first one. */
export type AttemptLimit = { readonly countMax: number; readonly windowMs: number };

/** One count to be made: `name` says which limit it is, `subject` whose. */
export type Charge = {
  readonly name: string;
  readonly limit: AttemptLimit;
  readonly subject: string;
  /** How many attempts it counts as; 1 unless told. */
  readonly points?: number;
};

export type Allowance = {
  readonly isAllowed: boolean;
  /** Until the longest of the limits reached ends; 0 when allowed. */
  readonly retryAfterSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
};

export type RateLimiter = {
  /**
   * Counts one attempt against every charge; a refused attempt counts too, without moving its
   * window. One statement for all of them on Postgres, one write for all on Redis. Never throws:
   * when the store cannot answer, this process counts by itself.
   */
  readonly consume: (charges: readonly Charge[]) => Promise<Allowance>;
  /** The refusal this process knows without asking the store, or null. Counts nothing. */
  readonly peek: (charges: readonly Charge[]) => Allowance | null;
  /** Forgets a charge's attempts, as after a right password. */
  readonly clear: (charge: Charge) => Promise<void>;
};

type Store = { readonly sql: Sql; readonly redis: Redis | null };

const KEY_PREFIX = "rl";
/** A refused key of a window this short is refused from memory until it ends: a flood asks nobody. */
const LOCAL_WINDOW_MS_MAX = 60_000;
const STORE_COMPLAINT_MS = 60_000;

/**
 * Limits of `rate-limiter-flexible` on Postgres, or on Redis when there is one. The numbers are in
 * the key, so a changed limit begins with fresh windows.
 */
export function makeRateLimiter({ sql, redis }: Store): RateLimiter {
  const client = makeLimiterClient(sql);
  const limiters = new Map<string, RateLimiterAbstract>();
  const limiterOf = ({ name, limit }: Charge): RateLimiterAbstract => {
    const keyPrefix = `${KEY_PREFIX}:${name}:${limit.countMax}/${limit.windowMs}`;
    const known = limiters.get(keyPrefix);
    if (known !== undefined) return known;
    const options = optionsOf(limit, keyPrefix);
    const made =
      redis === null
        ? new RateLimiterPostgres({
            ...options,
            ...{ storeClient: client, storeType: "pool", tableName: "rate_limits" },
            ...{ tableCreated: true, clearExpiredByTimeout: false },
          })
        : new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
    limiters.set(keyPrefix, made);
    return made;
  };
  return {
    consume: async (charges) => {
      const counting = charges.map((charge) => standingOf(charge, limiterOf(charge)));
      return allowanceOf(await Promise.all(counting));
    },
    peek: (charges) => {
      const standings = charges.flatMap((charge): Standing[] => {
        const msBeforeNext = blockedMs(limiterOf(charge), charge.subject);
        return msBeforeNext > 0
          ? [{ ...charge, isAllowed: false, remaining: 0, msBeforeNext }]
          : [];
      });
      return standings.length === 0 ? null : allowanceOf(standings);
    },
    clear: async (charge) => {
      await limiterOf(charge).delete(subjectKey(charge.subject));
    },
  };
}

function allowanceOf(standings: readonly Standing[]): Allowance {
  const refused = standings.filter((standing) => !standing.isAllowed);
  const longestMs = Math.max(0, ...refused.map((standing) => standing.msBeforeNext));
  return {
    isAllowed: refused.length === 0,
    retryAfterSeconds: refused.length === 0 ? 0 : Math.max(1, Math.ceil(longestMs / 1000)),
    headers: rateLimitHeaders(standings),
  };
}

/** For how long the library refuses a key from memory; it has the method, its types do not. */
function blockedMs(limiter: RateLimiterAbstract, subject: string): number {
  if (!("getInMemoryBlockMsBeforeExpire" in limiter)) return 0;
  const read = limiter.getInMemoryBlockMsBeforeExpire;
  if (typeof read !== "function") return 0;
  return Number(Reflect.apply(read, limiter, [limiter.getKey(subjectKey(subject))]));
}

function optionsOf(limit: AttemptLimit, keyPrefix: string) {
  const base = { keyPrefix, points: limit.countMax, duration: limit.windowMs / 1000 };
  return {
    ...base,
    ...(limit.windowMs <= LOCAL_WINDOW_MS_MAX ? { inMemoryBlockOnConsumed: limit.countMax } : {}),
    insuranceLimiter: new RateLimiterMemory(base),
  };
}

async function standingOf(
  { name, limit, subject, points = 1 }: Charge,
  limiter: RateLimiterAbstract,
): Promise<Standing> {
  try {
    const given = await limiter.consume(subjectKey(subject), points);
    return standing(given, true);
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return standing(refused, false);
    complain(refused);
    return {
      name,
      limit,
      isAllowed: true,
      remaining: limit.countMax,
      msBeforeNext: limit.windowMs,
    };
  }

  function standing(given: RateLimiterRes, isAllowed: boolean): Standing {
    const msBeforeNext = Math.max(0, given.msBeforeNext);
    return { name, limit, isAllowed, remaining: given.remainingPoints, msBeforeNext };
  }
}

/** Keys are of one short length and hold no e-mail address. */
function subjectKey(subject: string): string {
  return createHash("sha256").update(subject).digest("base64url").slice(0, 22);
}

let complainedAtMs = Number.NEGATIVE_INFINITY;

function complain(error: unknown): void {
  const nowMs = performance.now();
  if (nowMs - complainedAtMs < STORE_COMPLAINT_MS) return;
  complainedAtMs = nowMs;
  log().error({ err: error }, "attempts could not be counted");
}

declare global {
  var phoChatRateLimiter: RateLimiter | undefined;
}

const CLEAN_MS = 5 * 60_000;

/** The limits of this process, opened on first use; Next loads this file once per bundle. */
export function rateLimiter(): RateLimiter {
  globalThis.phoChatRateLimiter ??= openRateLimiter();
  return globalThis.phoChatRateLimiter;
}

function openRateLimiter(): RateLimiter {
  const { REDIS_URL } = env();
  const sql = db().$client;
  if (REDIS_URL !== undefined) return makeRateLimiter({ sql, redis: openRedis(REDIS_URL) });
  const clean = () => dropEndedWindows(sql).catch(complain);
  setInterval(() => void clean(), CLEAN_MS).unref();
  return makeRateLimiter({ sql, redis: null });
}
