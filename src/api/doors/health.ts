import { sql } from "drizzle-orm";
import { getQueueState, type QueueState } from "@/features/jobs/get-queue-state.ts";
import { db, type Db } from "@/server/db/client.ts";
import { isDiskFull } from "@/server/db/disk-space.ts";
import { isDraining } from "@/server/drain.ts";
import { sepaySettings } from "@/server/sepay/settings.ts";

/** Three minutely runs missed. */
const SWEEP_SECONDS_MAX = 180;
const DUE_SECONDS_MAX = 120;

/** `GET /api/health/live`: the process answers. */
export function liveDoor(): Response {
  return Response.json({ status: "live" }, { headers: { "cache-control": "no-store" } });
}

/**
 * `GET /api/health/ready`: 200 while questions can be answered: the database answers, is seeded and
 * has room to write, and this process is not about to end; else 503. What is done in the background is told beside it
 * and makes the answer `degraded`, still 200: a process without a job queue answers as well as any,
 * and taking all of them out of service would help nobody. Alert on `degraded`.
 */
export async function readyDoor(pool: Db = db()): Promise<Response> {
  const database = await checkDatabase(pool);
  const queue = database === "ok" ? await readQueue(pool) : null;
  const isReady = database === "ok" && !isDraining();
  const status = statusOf({ isReady, isBehind: isBehind(queue) });
  return Response.json(
    { status, checks: { database, ...checksOf(queue), payments: paymentsCheck() } },
    { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}

function statusOf({
  isReady,
  isBehind,
}: {
  readonly isReady: boolean;
  readonly isBehind: boolean;
}) {
  if (isDraining()) return "draining";
  if (!isReady) return "not_ready";
  return isBehind ? "degraded" : "ready";
}

async function checkDatabase(pool: Db): Promise<"ok" | "full" | "unreachable" | "unseeded"> {
  try {
    const [row] = await pool.execute<{ seeded: boolean }>(
      sql`select exists(select 1 from plans) as seeded`,
    );
    if (row?.seeded !== true) return "unseeded";
    return (await isDiskFull(pool)) ? "full" : "ok";
  } catch {
    return "unreachable";
  }
}

/** null: the queue's tables could not be read. */
async function readQueue(pool: Db): Promise<QueueState | null> {
  try {
    return await getQueueState(pool);
  } catch {
    return null;
  }
}

function isBehind(queue: QueueState | null): boolean {
  if (queue?.isWorkerHere !== true) return true;
  return (
    (queue.oldestDueSeconds ?? 0) > DUE_SECONDS_MAX ||
    (queue.lastSweepSeconds ?? 0) > SWEEP_SECONDS_MAX
  );
}

function checksOf(queue: QueueState | null) {
  if (queue === null) return { worker: "unknown", oldestDueSeconds: null, lastSweepSeconds: null };
  return {
    worker: queue.isWorkerHere ? "running" : "absent",
    oldestDueSeconds: rounded(queue.oldestDueSeconds),
    lastSweepSeconds: rounded(queue.lastSweepSeconds),
  };
}

/** Told, and no reason to take the process out of service: questions are answered all the same. */
function paymentsCheck(): "open" | "not_configured" {
  return sepaySettings() === null ? "not_configured" : "open";
}

const rounded = (seconds: number | null) => (seconds === null ? null : Math.round(seconds));
