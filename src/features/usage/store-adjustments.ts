import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { usageLogs } from "@drizzle/schema/usage.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type AdjustedLog = typeof usageLogs.$inferSelect;

export async function findLog(
  db: Queryable,
  orgId: string,
  usageLogId: string,
): Promise<AdjustedLog | null> {
  const [row] = await db
    .select()
    .from(usageLogs)
    .where(
      and(eq(usageLogs.orgId, orgId), eq(usageLogs.id, usageLogId), eq(usageLogs.kind, "usage")),
    );
  return row ?? null;
}

/** @returns the new row's id, or null when the log was corrected for this reason already. */
export async function insertAdjustment(
  db: Queryable,
  log: AdjustedLog,
  correction: Pick<
    typeof usageLogs.$inferInsert,
    "costMicroVnd" | "reason" | "source" | "metadata" | "occurredAt"
  >,
): Promise<string | null> {
  const [row] = await db
    .insert(usageLogs)
    .values({
      kind: "adjustment",
      adjustsUsageLogId: log.id,
      reservationId: log.reservationId,
      orgId: log.orgId,
      userId: log.userId,
      periodId: log.periodId,
      conversationId: log.conversationId,
      turnId: log.turnId,
      purpose: log.purpose,
      isFinalAttempt: false,
      provider: log.provider,
      modelId: log.modelId,
      freshInputTokens: 0,
      cachedInputTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 0,
      reasoningTokens: 0,
      totalTokens: 0,
      costPicoUsd: 0n,
      savedMicroVnd: 0n,
      ...correction,
    })
    .onConflictDoNothing()
    .returning({ id: usageLogs.id });
  return row?.id ?? null;
}

/** The logs of provider calls with what all corrections have made of their cost, micro-VND. */
export async function listLogsOfCalls(
  db: Queryable,
  orgId: string,
  providerCallIds: readonly string[],
) {
  const rows = await db
    .select({
      id: usageLogs.id,
      providerCallId: usageLogs.providerCallId,
      // Written out: drizzle names columns without their table here, which the inner query would take as its own.
      net: sql<string>`(usage_logs.cost_micro_vnd + coalesce((select sum(a.cost_micro_vnd) from usage_logs a
        where a.kind = 'adjustment' and a.adjusts_usage_log_id = usage_logs.id
          and a.period_id = usage_logs.period_id and a.user_id = usage_logs.user_id), 0))::text`,
      isCredited: sql<boolean>`exists(select 1 from usage_logs a where a.kind = 'adjustment'
        and a.adjusts_usage_log_id = usage_logs.id and a.reason = 'failed_answer')`,
    })
    .from(usageLogs)
    .where(
      and(eq(usageLogs.orgId, orgId), inArray(usageLogs.providerCallId, [...providerCallIds])),
    );
  return rows.map(({ net, ...row }) => ({ ...row, netMicroVnd: BigInt(net) }));
}

/** Every row of a turn, corrections included, in the order they were written. */
export function listRowsOfTurn(db: Queryable, orgId: string, turnId: string) {
  return db
    .select({
      id: usageLogs.id,
      costMicroVnd: usageLogs.costMicroVnd,
      savedMicroVnd: usageLogs.savedMicroVnd,
      reason: usageLogs.reason,
    })
    .from(usageLogs)
    .where(and(eq(usageLogs.orgId, orgId), eq(usageLogs.turnId, turnId)))
    .orderBy(desc(usageLogs.kind), usageLogs.createdAt, usageLogs.id);
}

/**
 * Credits for failed answers: how many of the person's turns since the day began, and what the
 * period has given in all (micro-VND, >= 0).
 */
export async function readCreditSums(
  db: Queryable,
  key: {
    readonly orgId: string;
    readonly userId: string;
    readonly periodId: string;
    readonly dayStartsAt: Date;
  },
): Promise<{ readonly creditsToday: number; readonly creditedMicroVnd: bigint }> {
  const [row] = await db.execute<{ today: number; credited: string }>(sql`
    select (select count(distinct turn_id)::int from usage_logs
             where org_id = ${key.orgId}::uuid and user_id = ${key.userId}
               and occurred_at >= ${key.dayStartsAt.toISOString()}::timestamptz
               and kind = 'adjustment' and reason = 'failed_answer') as today,
           (select coalesce(-sum(cost_micro_vnd), 0)::text from usage_logs
             where period_id = ${key.periodId}::uuid and kind = 'adjustment' and reason = 'failed_answer') as credited`);
  return { creditsToday: row?.today ?? 0, creditedMicroVnd: BigInt(row?.credited ?? "0") };
}
