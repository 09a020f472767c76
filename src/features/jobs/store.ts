import { and, inArray, isNull, ne, sql } from "drizzle-orm";
import { appProcesses } from "@drizzle/schema/jobs.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type ProcessIdentity = {
  readonly id: string;
  readonly host: string;
  readonly processId: number;
};

/** Says that this process lives, under which names it locks jobs; also again after it was given up. */
export async function recordHeartbeat(
  db: Queryable,
  process: ProcessIdentity & { readonly workerIds: readonly string[] },
): Promise<void> {
  const alive = {
    workerIds: [...process.workerIds],
    heartbeatAt: sql`clock_timestamp()`,
    endedAt: null,
  };
  await db
    .insert(appProcesses)
    .values({ ...process, ...alive })
    .onConflictDoUpdate({ target: appProcesses.id, set: alive });
}

export type OtherProcess = ProcessIdentity & { readonly isSilent: boolean };

/** The processes not known to have ended, but this one. */
export function listOtherProcesses(
  db: Queryable,
  input: { readonly id: string; readonly silentSeconds: number },
): Promise<OtherProcess[]> {
  const silence = sql`make_interval(secs => ${input.silentSeconds}::int)`;
  return db
    .select({
      id: appProcesses.id,
      host: appProcesses.host,
      processId: appProcesses.processId,
      isSilent: sql<boolean>`${appProcesses.heartbeatAt} < clock_timestamp() - ${silence}`,
    })
    .from(appProcesses)
    .where(and(isNull(appProcesses.endedAt), ne(appProcesses.id, input.id)));
}

/** @returns the names under which those that were still open locked jobs; of racing callers one gets them. */
export async function endProcesses(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const ended = await db
    .update(appProcesses)
    .set({ endedAt: sql`clock_timestamp()` })
    .where(and(inArray(appProcesses.id, [...ids]), isNull(appProcesses.endedAt)))
    .returning({ workerIds: appProcesses.workerIds });
  return ended.flatMap((row) => row.workerIds);
}

/** The names that lock jobs since `seconds` and belong to no living process. */
export async function listOrphanedLockers(db: Queryable, seconds: number): Promise<string[]> {
  const rows = await db.execute<{ locked_by: string }>(sql`
    select distinct j.locked_by from graphile_worker.jobs j
     where j.locked_at < now() - make_interval(secs => ${seconds}::int)
       and not exists (select 1 from app_processes p where p.ended_at is null and j.locked_by = any (p.worker_ids))`);
  return rows.map((row) => row.locked_by);
}

export async function unlockJobs(db: Queryable, workerIds: readonly string[]): Promise<void> {
  await db.execute(
    sql`select graphile_worker.force_unlock_workers(array(select jsonb_array_elements_text(${JSON.stringify(workerIds)}::jsonb)))`,
  );
}

/** How far the queue is behind, and when a task was last done; ages in seconds by the database's clock. */
export async function readQueueState(
  db: Queryable,
  input: { readonly id: string; readonly task: string; readonly freshSeconds: number },
): Promise<{
  readonly isWorkerHere: boolean;
  readonly oldestDueSeconds: number | null;
  readonly lastRunSeconds: number | null;
}> {
  // The queue forgets a job that is done: a task was last done when it was last planned, unless
  // that job still waits; then it was done before that job was made.
  const [row] = await db.execute<{
    worker_here: boolean;
    oldest_due: number | null;
    last_run: number | null;
  }>(sql`
    select exists(select 1 from app_processes where id = ${input.id}::uuid and ended_at is null
                     and cardinality(worker_ids) > 0
                     and heartbeat_at > clock_timestamp() - make_interval(secs => ${input.freshSeconds}::int)) as worker_here,
           (select extract(epoch from now() - min(run_at))::float8 from graphile_worker.jobs
             where run_at <= now() and locked_at is null and attempts < max_attempts) as oldest_due,
           (select extract(epoch from now() - least(
                     (select last_execution from graphile_worker._private_known_crontabs where identifier = ${input.task}),
                     (select min(created_at) from graphile_worker.jobs where task_identifier = ${input.task})))::float8)
             as last_run`);
  return {
    isWorkerHere: row?.worker_here ?? false,
    oldestDueSeconds: row?.oldest_due ?? null,
    lastRunSeconds: row?.last_run ?? null,
  };
}
