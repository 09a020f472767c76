import { runOnce } from "graphile-worker";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { optionsOf } from "./run-queue.ts";
import { tasks, type Task } from "./tasks.ts";

/**
 * Runs the jobs that are due, one after the other, and returns when none is left. For tests and
 * commands: a serving process has its workers.
 */
export async function runJobs(options: {
  readonly connectionString: string;
  readonly tasks?: Readonly<Record<string, Task>>;
}): Promise<void> {
  const { connectionString } = options;
  const db = makeDb(connectionString, { max: 2 });
  try {
    const parts = optionsOf({ db, tasks: options.tasks ?? tasks, isScheduling: false });
    await runOnce({ ...parts, concurrency: 1, connectionString, maxPoolSize: 2 });
  } finally {
    await closeDb(db);
  }
}
