import type { Queryable } from "@/server/db/with-transaction.ts";
import { processId } from "@/server/process-id.ts";
import { SILENT_SECONDS } from "./bury-processes.ts";
import { readQueueState } from "./store.ts";

/** Ages in seconds by the database's clock; null: there is none. */
export type QueueState = {
  readonly isWorkerHere: boolean;
  readonly oldestDueSeconds: number | null;
  /** Since holds without a turn were last swept, by whichever process. */
  readonly lastSweepSeconds: number | null;
};

/** Whether this process works on jobs, how far the queue is behind, and the last sweep. */
export async function getQueueState(db: Queryable): Promise<QueueState> {
  const { lastRunSeconds, ...state } = await readQueueState(db, {
    id: processId(),
    task: "expire-reservations",
    freshSeconds: SILENT_SECONDS,
  });
  return { ...state, lastSweepSeconds: lastRunSeconds };
}
