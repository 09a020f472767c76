import { parseCronItems, type CronItem, type ParsedCronItem } from "graphile-worker";
import type { TaskName } from "@/server/jobs/add-job.ts";

const MINUTES = 60_000;

type Rhythm = {
  readonly task: TaskName;
  /** Minute, hour, day, month, weekday, in UTC: Vietnam's 03:00 is 20:00 of the day before. */
  readonly match: string;
  /** What was missed within this time is made up for at the next start. */
  readonly catchUpMs: number;
  /** What tells two rhythms of one task apart. */
  readonly payload?: Readonly<Record<string, string>>;
};

/** When what is done by itself is done. The minutely ones need no catching up: the next minute is near. */
export const rhythms: readonly Rhythm[] = [
  { task: "recover-turns", match: "* * * * *", catchUpMs: 0 },
  { task: "expire-reservations", match: "* * * * *", catchUpMs: 0 },
  { task: "check-invariants", match: "* * * * *", catchUpMs: 0 },
  { task: "alert-unpriced-models", match: "* * * * *", catchUpMs: 0 },
  { task: "deliver-outbox", match: "* * * * *", catchUpMs: 0 },
  { task: "apply-payments", match: "* * * * *", catchUpMs: 0 },
  // What a webhook missed is found within 15 minutes (F50).
  { task: "reconcile-payments", match: "*/10 * * * *", catchUpMs: 10 * MINUTES },
  { task: "expire-orders", match: "*/10 * * * *", catchUpMs: 10 * MINUTES },
  { task: "remind-renewals", match: "23 * * * *", catchUpMs: 60 * MINUTES },
  { task: "roll-periods", match: "*/10 * * * *", catchUpMs: 10 * MINUTES },
  { task: "fetch-exchange-rate", match: "7 * * * *", catchUpMs: 60 * MINUTES },
  {
    ...{ task: "check-invariants", match: "30 19 * * *", catchUpMs: 24 * 60 * MINUTES },
    payload: { scope: "ever" },
  },
  { task: "refresh-catalogue", match: "0 20 * * *", catchUpMs: 24 * 60 * MINUTES },
];

/** The queue's back-off brings the fifth about two minutes after the first; then it is ops' turn. */
const ATTEMPTS_MAX = 5;

const nameOf = (task: TaskName, payload: Readonly<Record<string, string>> = {}): string =>
  [task, ...Object.values(payload)].join(":");

/** Rhythms of the tasks there are. One job per task waits at a time, and one runs. */
export function cronItems(known: ReadonlySet<string>): ParsedCronItem[] {
  return parseCronItems(
    rhythms
      .filter(({ task }) => known.has(task))
      .map(({ task, match, catchUpMs, payload }): CronItem => ({
        task,
        match,
        identifier: nameOf(task, payload),
        ...(payload === undefined ? {} : { payload }),
        options: {
          jobKey: nameOf(task, payload),
          queueName: task,
          maxAttempts: ATTEMPTS_MAX,
          backfillPeriod: catchUpMs,
        },
      })),
  );
}
