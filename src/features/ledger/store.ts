import { and, desc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import type postgres from "postgres";
import { budgetPeriods, limitChanges, providerCalls } from "@drizzle/schema/ledger.ts";
import type { ReservationState } from "@/domain/ledger/reservation-states.ts";
import type { Db } from "@/server/db/client.ts";
import { latestWriter } from "@/server/db/latest-writer.ts";
import { patience, persist } from "@/server/db/retry-database.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/**
 * A caller's own claim of the work: an SQL expression giving 'claimed' or 'taken', run inside the
 * admitting statement.
 */
export type Claim = postgres.PendingQuery<postgres.Row[]>;

/** Parameters of the database function `reserve_call`; money as decimal strings of micro-VND. */
export type ReserveParameters = {
  /** Chosen by the caller, who can ask for them when the answer was lost. */
  readonly reservationId: string;
  readonly providerCallId: string;
  readonly orgId: string;
  readonly userId: string;
  readonly periodId: string;
  readonly turnId: string | null;
  readonly purpose: string;
  readonly holdMicroVnd: string;
  readonly memberLimitMicroVnd: string | null;
  readonly counters: readonly {
    readonly scope: "org" | "member" | "free_plan";
    readonly subjectId: string;
    readonly capMicroVnd: string | null;
    readonly messages: number;
    readonly messagesMax: number | null;
  }[];
  readonly day: string;
  readonly now: string;
  readonly expiresAt: string;
  readonly modelId: string;
  readonly priceId: string;
  readonly rateId: string;
  readonly inputTokensEstimated: number;
};

export type ReserveRow =
  | { readonly outcome: "taken" }
  | {
      readonly outcome: "reserved";
      readonly reservationId: string;
      readonly providerCallId: string;
    };

/**
 * Claim, guarded updates, reservation and first attempt: one statement, one round trip, one commit.
 */
export async function reserveCall(
  db: Db,
  claim: Claim | null,
  parameters: ReserveParameters,
): Promise<ReserveRow> {
  const sqlClient = db.$client;
  const [row] = await sqlClient<{ result: ReserveRow }[]>`
    select reserve_call(${claim ?? sqlClient`null`}, ${JSON.stringify(parameters)}::jsonb) as result`;
  if (row === undefined) throw new Error("reserve_call returned nothing");
  return row.result;
}

/** Whether an admission whose answer was lost did happen. */
export async function isAdmitted(db: Db, reservationId: string): Promise<boolean> {
  const rows = await db.$client`select 1 from reservations where id = ${reservationId}::uuid`;
  return rows.length > 0;
}

/** Parameters of the database function `record_attempt`. */
export type AttemptParameters = {
  readonly reservationId: string;
  readonly endedCallId: string;
  readonly endedOutcome: string;
  readonly endedRequestId: string | null;
  readonly providerCallId: string;
  readonly attempt: number;
  readonly modelId: string;
  readonly priceId: string;
  readonly rateId: string;
  readonly inputTokensEstimated: number;
};

/**
 * Ends an attempt and records the next, safe to repeat. @returns false when the reservation is no
 * longer held.
 */
export async function recordAttempt(db: Db, attempt: AttemptParameters): Promise<boolean> {
  const [row] = await db.$client<{ isHeld: boolean }[]>`
    select record_attempt(${JSON.stringify(attempt)}::jsonb) as "isHeld"`;
  return row?.isHeld ?? false;
}

/**
 * Marks an attempt as sent, before it is, and waits until the database has it on disk: a call that
 * left is known whatever becomes of this process or its line afterwards. Safe to repeat, so it
 * outlasts a cut connection for some seconds.
 * @throws the database's error; whether the mark was made is not known then.
 */
export async function markDispatched(db: Db, providerCallId: string): Promise<void> {
  const mark = () => db.$client`update provider_calls set dispatched_at = clock_timestamp()
    where id = ${providerCallId}::uuid and dispatched_at is null and outcome is null`;
  await persist(mark, patience.short);
}

export type CallProgress = {
  readonly providerCallId: string;
  readonly outputTokensSeen: number;
  readonly providerRequestId: string | null;
  readonly isFirstByteSeen: boolean;
};

/**
 * Saves what is known of running calls. It only grows, so an older state does no harm. It may be
 * lost, so its commit does not wait for the disk: the disk's turns are for the commits of
 * reservations and settlements.
 */
export const saveCallProgress = latestWriter<CallProgress>(
  "progress of calls",
  async (db, items) => {
    await db.$client`update provider_calls c set
      output_tokens_seen = greatest(c.output_tokens_seen, p."outputTokensSeen"),
      first_byte_at = case when p."isFirstByteSeen" then coalesce(c.first_byte_at, clock_timestamp())
                           else c.first_byte_at end,
      provider_request_id = coalesce(c.provider_request_id, p."providerRequestId")
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as p("providerCallId" uuid, "outputTokensSeen" int,
           "providerRequestId" text, "isFirstByteSeen" boolean),
         (select set_config('synchronous_commit', 'off', true)) as without_waiting_for_disk
    where c.id = p."providerCallId" and c.outcome is null`;
  },
);

export type CallEnd = CallProgress & { readonly outcome: string; readonly isDispatched: boolean };

export async function endCall(db: Queryable, end: CallEnd): Promise<void> {
  await db
    .update(providerCalls)
    .set({
      outcome: end.outcome,
      endedAt: sql`clock_timestamp()`,
      outputTokensSeen: sql`greatest(${providerCalls.outputTokensSeen}, ${end.outputTokensSeen}::int)`,
      ...(end.isDispatched
        ? { dispatchedAt: sql`coalesce(${providerCalls.dispatchedAt}, clock_timestamp())` }
        : {}),
      ...(end.isFirstByteSeen
        ? { firstByteAt: sql`coalesce(${providerCalls.firstByteAt}, clock_timestamp())` }
        : {}),
      providerRequestId: sql`coalesce(${providerCalls.providerRequestId}, ${end.providerRequestId}::text)`,
    })
    .where(and(eq(providerCalls.id, end.providerCallId), isNull(providerCalls.outcome)));
}

type ClosedRow = {
  readonly state: ReservationState;
  readonly limitMicroVnd: string;
  readonly usedMicroVnd: string;
  readonly reservedMicroVnd: string;
};

export async function closeReservation(
  db: Queryable,
  input: {
    readonly reservationId: string;
    readonly state: ReservationState;
    readonly costMicroVnd: bigint;
  },
): Promise<ClosedRow> {
  const rows = await db.execute<{ result: ClosedRow }>(
    sql`select close_reservation(${input.reservationId}::uuid, ${input.state}::text,
                                 ${input.costMicroVnd.toString()}::bigint) as result`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error("close_reservation returned nothing");
  return row.result;
}

/** The plan a period was opened with. */
export async function findPeriodPlan(db: Queryable, periodId: string): Promise<string> {
  const [row] = await db
    .select({ planId: budgetPeriods.planId })
    .from(budgetPeriods)
    .where(eq(budgetPeriods.id, periodId));
  if (row === undefined) throw new Error("a booked period exists");
  return row.planId;
}

export async function insertPeriod(
  db: Queryable,
  period: {
    readonly orgId: string;
    readonly kind: "calendar" | "cycle";
    readonly planId: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly limitMicroVnd: bigint;
  },
): Promise<void> {
  // The exclusion constraint decides a race: the loser's row conflicts and is not written.
  await db.insert(budgetPeriods).values(period).onConflictDoNothing();
}

export async function findPeriodAt(db: Queryable, orgId: string, instant: Date) {
  const [row] = await db
    .select()
    .from(budgetPeriods)
    .where(
      and(
        eq(budgetPeriods.orgId, orgId),
        isNull(budgetPeriods.closedAt),
        lte(budgetPeriods.startsAt, instant),
        gt(budgetPeriods.endsAt, instant),
      ),
    );
  return row ?? null;
}

export async function findLatestPeriod(db: Queryable, orgId: string) {
  const [row] = await db
    .select()
    .from(budgetPeriods)
    .where(eq(budgetPeriods.orgId, orgId))
    .orderBy(desc(budgetPeriods.endsAt))
    .limit(1);
  return row ?? null;
}

/** Changes a limit under the row's lock and leaves the row that explains it. */
export async function changeLimit(
  db: Queryable,
  input: {
    readonly periodId: string;
    readonly limitMicroVnd: bigint;
    readonly reason: string;
    readonly actor: string;
  },
): Promise<{ readonly oldLimitMicroVnd: bigint } | null> {
  const [before] = await db
    .select({ limitMicroVnd: budgetPeriods.limitMicroVnd })
    .from(budgetPeriods)
    .where(eq(budgetPeriods.id, input.periodId))
    .for("no key update");
  if (before === undefined) return null;
  await db
    .update(budgetPeriods)
    .set({ limitMicroVnd: input.limitMicroVnd })
    .where(eq(budgetPeriods.id, input.periodId));
  await db.insert(limitChanges).values({
    periodId: input.periodId,
    oldLimitMicroVnd: before.limitMicroVnd,
    newLimitMicroVnd: input.limitMicroVnd,
    reason: input.reason,
    actor: input.actor,
  });
  return { oldLimitMicroVnd: before.limitMicroVnd };
}
