import { EventEmitter } from "node:events";
import { Logger, run, type Runner, type TaskList, type WorkerEvents } from "graphile-worker";
import { Pool } from "pg";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { log } from "@/server/log.ts";
import { cronItems } from "./schedule.ts";
import { unlockJobs } from "./store.ts";
import type { Task } from "./tasks.ts";

export type QueueParts = {
  readonly db: Db;
  readonly connectionString: string;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly isScheduling: boolean;
};

export type Queue = {
  /** The names under which it locks jobs; changes when it had to begin anew. */
  readonly workerIds: () => readonly string[];
  /** Lets the jobs at work end (5 s, then they are told to) and takes no more. Never throws. */
  readonly stop: () => Promise<void>;
};

const CONCURRENCY = 2;
/** One listens, two work. */
const CONNECTIONS_MAX = 3;
const RESTART_MS = { min: 1_000, max: 30_000 };

/**
 * Runs jobs until it is stopped. A database that is away, at the start or later, is waited for: the
 * web server serves meanwhile.
 */
export function runQueue(parts: QueueParts): Queue {
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let workerIds: readonly string[] = [];
  let runner: Runner | null = null;

  const life = async () => {
    let pauseMs = RESTART_MS.min;
    while (!isStopping()) {
      const pool = openPool(parts.connectionString);
      try {
        // Jobs are locked in the name of the pool of workers, not of a worker.
        const events: WorkerEvents = new EventEmitter();
        events.on("pool:create", ({ workerPool }) => (workerIds = [workerPool.id]));
        noteEnds(events, parts.db);
        runner = await run({ ...optionsOf(parts), pgPool: pool, events });
        log().info("the job queue runs");
        if (isStopping()) await runner.stop();
        const startedAt = performance.now();
        await runner.promise;
        if (performance.now() - startedAt > RESTART_MS.max) pauseMs = RESTART_MS.min;
      } catch (error) {
        log().error({ err: error }, "the job queue stopped; it begins anew");
      } finally {
        runner = null;
        await pool.end().catch(() => undefined);
      }
      await giveBack(parts.db, workerIds);
      await pauseFor(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, RESTART_MS.max);
    }
  };
  const ended = life();

  return {
    workerIds: () => workerIds,
    stop: async () => {
      stopping.abort();
      await runner?.stop().catch((error: unknown) => {
        log().warn({ err: error }, "the job queue did not stop in order");
      });
      await ended;
    },
  };
}

/** What it had locked when it broke; a minute later anybody does it. */
async function giveBack(db: Db, workerIds: readonly string[]): Promise<void> {
  await unlockJobs(db, workerIds).catch((error: unknown) => {
    log().warn({ err: error }, "jobs stay locked for a minute");
  });
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: 10_000,
    application_name: "pho-chat jobs",
    keepAlive: true,
  });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  const note = (error: Error) => log().debug({ err: error }, "a connection of the queue broke");
  pool.on("error", note);
  pool.on("connect", (client) => client.on("error", note));
  return pool;
}

export function optionsOf(parts: Pick<QueueParts, "db" | "tasks" | "isScheduling">) {
  const names = new Set(parts.isScheduling ? Object.keys(parts.tasks) : []);
  return {
    taskList: taskListOf(parts.db, parts.tasks),
    parsedCronItems: cronItems(names),
    concurrency: CONCURRENCY,
    // The server's own shutdown calls `stop`.
    noHandleSignals: true,
    pollInterval: 2_000,
    logger: queueLogger,
    // Without these nobody would hear of a job whose end could not be written down: the rejection
    // would end the process. With them the queue stops and begins anew.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  };
}

function taskListOf(db: Db, tasks: Readonly<Record<string, Task>>): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload: unknown) => {
        const startedAt = performance.now();
        const result = await task(db, payload);
        const durationMs = Math.round(performance.now() - startedAt);
        log().debug({ task: name, durationMs, result }, "a job is done");
      },
    ]),
  );
}

/** A job that failed for good is ops' turn, until one of its kind succeeds. */
function noteEnds(events: WorkerEvents, db: Db): void {
  const keyOf = (task: string) => `job_dead:${task}`;
  const tell = (work: Promise<void>) => {
    work.catch((error: unknown) => log().error({ err: error }, "could not tell of a job's end"));
  };
  events.on("job:error", ({ job, error }) => {
    const { task_identifier: task, attempts, max_attempts: attemptsMax } = job;
    log().error({ task, attempts, attemptsMax, err: error }, "a job failed");
  });
  events.on("job:failed", ({ job, error }) => {
    const reason = error instanceof Error ? error.message : "unknown failure";
    tell(
      raiseOpsAlert(db, {
        kind: "job_dead",
        dedupeKey: keyOf(job.task_identifier),
        payload: { task: job.task_identifier, jobId: job.id, reason: reason.slice(0, 300) },
      }),
    );
  });
  events.on("job:success", ({ job }) => {
    // A notice that went out says nothing of those that did not.
    if (job.task_identifier === "deliver-outbox") return;
    tell(resolveOpsAlert(db, keyOf(job.task_identifier)));
  });
}

/** The queue's own words: its errors are said above, in our fields. */
export const queueLogger = new Logger(() => (level, message) => {
  const text = `queue: ${message}`;
  const isLoud = ["error", "warning"].includes(level);
  log()[isLoud ? "warn" : "debug"](text);
});

async function pauseFor(pauseMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
