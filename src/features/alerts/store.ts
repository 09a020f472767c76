import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { users } from "@drizzle/schema/identity.ts";
import { opsAlerts, outbox } from "@drizzle/schema/jobs.ts";
import { orgMembers } from "@drizzle/schema/orgs.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type OpsAlertRow = {
  readonly kind: string;
  readonly dedupeKey: string;
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
};

/** Counts an alert that is open already. @returns whether there was one. */
export async function countOpenAlert(db: Queryable, alert: OpsAlertRow): Promise<boolean> {
  const counted = await db
    .update(opsAlerts)
    .set({
      occurrences: sql`${opsAlerts.occurrences} + 1`,
      lastSeenAt: sql`app_now()`,
      payload: alert.payload,
    })
    .where(and(eq(opsAlerts.dedupeKey, alert.dedupeKey), isNull(opsAlerts.resolvedAt)))
    .returning({ id: opsAlerts.id });
  return counted.length > 0;
}

/**
 * Opens an alert, or opens it again after it was resolved. @returns null when another caller just
 * did.
 */
export async function openAlert(
  db: Queryable,
  alert: OpsAlertRow,
): Promise<{ readonly id: string; readonly occurrences: number } | null> {
  const [row] = await db
    .insert(opsAlerts)
    .values(alert)
    .onConflictDoUpdate({
      target: opsAlerts.dedupeKey,
      set: {
        occurrences: sql`${opsAlerts.occurrences} + 1`,
        lastSeenAt: sql`app_now()`,
        payload: alert.payload,
        resolvedAt: null,
      },
      setWhere: isNotNull(opsAlerts.resolvedAt),
    })
    .returning({ id: opsAlerts.id, occurrences: opsAlerts.occurrences });
  return row ?? null;
}

export async function closeAlert(db: Queryable, dedupeKey: string): Promise<void> {
  await db
    .update(opsAlerts)
    .set({ resolvedAt: sql`app_now()` })
    .where(and(eq(opsAlerts.dedupeKey, dedupeKey), isNull(opsAlerts.resolvedAt)));
}

/** @returns the id of the new row, or null when the notice stands in the outbox already. */
export async function insertNotice(
  db: Queryable,
  notice: { readonly kind: string; readonly dedupeKey: string; readonly payload: unknown },
): Promise<string | null> {
  const [row] = await db
    .insert(outbox)
    .values(notice)
    .onConflictDoNothing({ target: outbox.dedupeKey })
    .returning({ id: outbox.id });
  return row?.id ?? null;
}

export type Notice = {
  readonly id: string;
  readonly kind: string;
  /** Including the one just begun. */
  readonly attempts: number;
  readonly payload: unknown;
  /** Who has had it already. */
  readonly readerIds: readonly string[];
};

const noticeColumns = {
  id: outbox.id,
  kind: outbox.kind,
  attempts: outbox.attempts,
  payload: outbox.payload,
  readerIds: sql<string[]>`coalesce(${outbox.payload} -> 'readerIds', '[]'::jsonb)`,
};

const isOpen = and(isNull(outbox.deliveredAt), isNull(outbox.deadAt));

/** Until the transaction ends; @returns false when another one has it. */
export async function lockNotice(tx: Queryable, id: string): Promise<boolean> {
  const [row] = await tx.execute<{ isOurs: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`outbox:${id}`}, 0)) as "isOurs"`,
  );
  return row?.isOurs === true;
}

/** Counts an attempt before it is made. @returns null when it was delivered or given up. */
export async function beginAttempt(db: Queryable, id: string): Promise<Notice | null> {
  const [row] = await db
    .update(outbox)
    .set({ attempts: sql`${outbox.attempts} + 1` })
    .where(and(eq(outbox.id, id), isOpen))
    .returning(noticeColumns);
  return row ?? null;
}

export async function noteReader(db: Queryable, id: string, userId: string): Promise<void> {
  await db
    .update(outbox)
    .set({
      payload: sql`jsonb_set(${outbox.payload}, '{readerIds}',
        coalesce(${outbox.payload} -> 'readerIds', '[]'::jsonb) || to_jsonb(${userId}::text))`,
    })
    .where(eq(outbox.id, id));
}

export async function markDelivered(db: Queryable, id: string): Promise<void> {
  await db
    .update(outbox)
    .set({ deliveredAt: sql`app_now()`, lastError: null })
    .where(and(eq(outbox.id, id), isOpen));
}

export async function noteFailure(db: Queryable, id: string, reason: string): Promise<void> {
  await db.update(outbox).set({ lastError: reason }).where(eq(outbox.id, id));
}

export async function buryNotice(db: Queryable, id: string, reason: string): Promise<void> {
  await db
    .update(outbox)
    .set({ deadAt: sql`app_now()`, lastError: reason })
    .where(and(eq(outbox.id, id), isOpen));
}

/** Notices that wait although no job for them is to run or runs. */
export async function listStrandedNotices(db: Queryable): Promise<Notice[]> {
  return db
    .select(noticeColumns)
    .from(outbox)
    .where(
      and(
        isOpen,
        sql`not exists (select 1 from graphile_worker.jobs j where j.key = 'deliver-outbox:' || ${outbox.id}
              and (j.locked_at is not null or j.attempts < j.max_attempts))`,
      ),
    )
    .limit(STRANDED_MAX);
}

const STRANDED_MAX = 100;

/** Who can be written to, and in which language. */
export type Reader = {
  readonly userId: string;
  readonly email: string;
  readonly locale: "vi" | "en";
};

const readerColumns = { userId: users.id, email: users.email, locale: users.locale };
const isReachable = and(isNotNull(users.email), isNull(users.disabledAt), isNull(users.erasedAt));

/** People with one of these platform roles. */
export async function listStaffReaders(db: Queryable, roles: readonly string[]): Promise<Reader[]> {
  const rows = await db
    .select(readerColumns)
    .from(users)
    .where(and(inArray(users.role, [...roles]), isReachable))
    .orderBy(users.id);
  return rows.flatMap(asReader);
}

/** The owners of an organisation. */
export async function listOwnersOf(db: Queryable, orgId: string): Promise<Reader[]> {
  const rows = await db
    .select(readerColumns)
    .from(users)
    .innerJoin(orgMembers, eq(orgMembers.userId, users.id))
    .where(and(eq(orgMembers.orgId, orgId), eq(orgMembers.role, "owner"), isReachable))
    .orderBy(users.id);
  return rows.flatMap(asReader);
}

function asReader(row: { userId: string; email: string | null; locale: string }): Reader[] {
  const { userId, email, locale } = row;
  return email === null ? [] : [{ userId, email, locale: locale === "en" ? "en" : "vi" }];
}

/** Open alerts with their kind and, of a broken invariant, how many rows break it. */
export async function listOpenAlerts(
  db: Queryable,
): Promise<{ kind: string; dedupeKey: string; rows: number | null }[]> {
  return db
    .select({
      kind: opsAlerts.kind,
      dedupeKey: opsAlerts.dedupeKey,
      rows: sql<number | null>`(${opsAlerts.payload} ->> 'rows')::int`,
    })
    .from(opsAlerts)
    .where(isNull(opsAlerts.resolvedAt));
}
