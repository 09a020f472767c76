import { and, asc, eq, ne, sql } from "drizzle-orm";
import { approvals } from "@drizzle/schema/jobs.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { approvalRow, type Approval, type ApprovalKind, type ApprovalState } from "./schema.ts";

/** @returns the new row, or null when one with this key exists. */
export async function insertApproval(
  db: Queryable,
  row: { readonly kind: ApprovalKind; readonly dedupeKey: string; readonly payload: unknown },
): Promise<Approval | null> {
  const [inserted] = await db
    .insert(approvals)
    .values(row)
    .onConflictDoNothing({ target: approvals.dedupeKey })
    .returning();
  return inserted === undefined ? null : approvalRow.parse(inserted);
}

export async function findApprovalByKey(
  db: Queryable,
  dedupeKey: string,
): Promise<Approval | null> {
  const [row] = await db.select().from(approvals).where(eq(approvals.dedupeKey, dedupeKey));
  return row === undefined ? null : approvalRow.parse(row);
}

export async function findApproval(db: Queryable, id: string): Promise<Approval | null> {
  const [row] = await db.select().from(approvals).where(eq(approvals.id, id));
  return row === undefined ? null : approvalRow.parse(row);
}

/** Oldest first. @param state null = all. */
export async function selectApprovals(
  db: Queryable,
  state: ApprovalState | null,
): Promise<readonly Approval[]> {
  const rows = await db
    .select()
    .from(approvals)
    .where(state === null ? undefined : eq(approvals.state, state))
    .orderBy(asc(approvals.createdAt), asc(approvals.id));
  return rows.map((row) => approvalRow.parse(row));
}

type Decision = { readonly state: "approved" | "rejected"; readonly actor: string };

/** pending → decided, once. @returns null when it was not pending. */
export async function closeApproval(
  db: Queryable,
  id: string,
  { state, actor }: Decision,
): Promise<Approval | null> {
  const [row] = await db
    .update(approvals)
    .set({ state, decidedBy: actor, decidedAt: sql`app_now()` })
    .where(and(eq(approvals.id, id), eq(approvals.state, "pending")))
    .returning();
  return row === undefined ? null : approvalRow.parse(row);
}

/** Rejects what still waits of a kind, but for one. @returns the ids. */
export async function rejectPending(
  db: Queryable,
  rest: { readonly kind: ApprovalKind; readonly exceptId: string | null; readonly actor: string },
): Promise<readonly string[]> {
  const rows = await db
    .update(approvals)
    .set({ state: "rejected", decidedBy: rest.actor, decidedAt: sql`app_now()` })
    .where(
      and(
        eq(approvals.kind, rest.kind),
        eq(approvals.state, "pending"),
        rest.exceptId === null ? undefined : ne(approvals.id, rest.exceptId),
      ),
    )
    .returning({ id: approvals.id });
  return rows.map((row) => row.id);
}
