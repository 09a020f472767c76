import { sql } from "drizzle-orm";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** The tasks of the queue; features/jobs knows what each does. */
export type TaskName =
  | "alert-unpriced-models"
  | "apply-payments"
  | "check-invariants"
  | "deliver-outbox"
  | "expire-orders"
  | "expire-reservations"
  | "fetch-exchange-rate"
  | "reconcile-payments"
  | "recover-turns"
  | "refresh-catalogue"
  | "remind-renewals"
  | "roll-periods";

export type NewJob = {
  readonly task: TaskName;
  readonly payload?: Readonly<Record<string, string>>;
  /** Of several jobs with one key that wait, one is kept. */
  readonly key: string;
  readonly attemptsMax?: number;
};

/**
 * Adds a job in the caller's transaction: it exists if, and only if, what caused it does. It runs
 * at least once, on any process; its verb must bear being repeated.
 */
export async function addJob(db: Queryable, job: NewJob): Promise<void> {
  await db.execute(sql`select graphile_worker.add_job(${job.task}::text,
    payload := ${JSON.stringify(job.payload ?? {})}::json,
    job_key := ${job.key}::text, max_attempts := ${job.attemptsMax ?? 25}::int)`);
}
