import { Redis } from "ioredis";
import { log } from "./log.ts";

export type { Redis } from "ioredis";

const COMMAND_WAIT_MS = 250;
const CONNECT_WAIT_MS = 2_000;
const RECONNECT_PAUSE_MS_MAX = 2_000;

/**
 * A connection for counters that may be lost: nothing waits long for it, nothing is queued while it
 * is away, and it comes back by itself.
 */
export function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_WAIT_MS,
    commandTimeout: COMMAND_WAIT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_PAUSE_MS_MAX),
  });
  let isKnownDown = false;
  redis.on("ready", () => {
    if (isKnownDown) log().info("Redis is back");
    isKnownDown = false;
  });
  redis.on("error", (error: unknown) => {
    if (!isKnownDown) log().warn({ err: error }, "Redis is away: limits hold per process");
    isKnownDown = true;
  });
  return redis;
}
