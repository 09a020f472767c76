import { setTimeout as pause } from "node:timers/promises";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { env } from "@/server/env.ts";
import { addJob } from "@/server/jobs/add-job.ts";
import { log } from "@/server/log.ts";
import { keepAlive } from "./keep-alive.ts";
import { runQueue } from "./run-queue.ts";
import { tasks, type Task } from "./tasks.ts";

export type Workers = {
  /**
   * Ends the queue and says that this process has ended; call it when the last answer is out: what
   * it still answers afterwards would be recovered by others. Never throws.
   */
  readonly stop: () => Promise<void>;
};

export type WorkerOptions = {
  readonly connectionString?: string;
  readonly tasks?: Readonly<Record<string, Task>>;
  readonly isScheduling?: boolean;
};

declare global {
  var phoChatWorkers: Workers | undefined;
}

/** Apart from the pool of requests: when that runs dry, this process is still alive. */
const CONNECTIONS_MAX = 3;

/** For the jobs at work; the shutdown gives all workers 3 s. */
const STOP_MS = 2_000;

/**
 * Starts what this process does besides serving: its heartbeat and the job queue. Does not wait for
 * the database and does not throw for it: both go on trying.
 */
export function startWorkers(options: WorkerOptions = {}): Workers {
  const connectionString = options.connectionString ?? env().DATABASE_URL;
  const db = makeDb(connectionString, { max: CONNECTIONS_MAX });
  const queue = runQueue({
    db,
    connectionString,
    tasks: options.tasks ?? tasks,
    isScheduling: options.isScheduling ?? true,
  });
  const heartbeat = keepAlive(db, queue.workerIds);
  // What was left by those before us need not wait for the minute.
  addJob(db, { task: "recover-turns", key: "recover-turns" }).catch((error: unknown) => {
    log().warn({ err: error }, "recovery waits for its minute");
  });
  const workers = {
    stop: async () => {
      await Promise.race([queue.stop(), pause(STOP_MS, undefined, { ref: false })]);
      await heartbeat.stop();
      await closeDb(db);
    },
  };
  globalThis.phoChatWorkers = workers;
  return workers;
}

/** Stops the workers of this process, if it has any. Repeatable. */
export async function stopWorkers(): Promise<void> {
  const workers = globalThis.phoChatWorkers;
  globalThis.phoChatWorkers = undefined;
  await workers?.stop();
}
