import { and, desc, eq, gt, lte, sql, type SQL } from "drizzle-orm";
import { monthlyUsageSummary, usageLogs } from "@drizzle/schema/usage.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type NewUsageLog = typeof usageLogs.$inferInsert & { readonly id: string };

/** Writes logs whose provider call has none yet. @returns the ids of those written now. */
export async function insertUsageLogs(
  db: Queryable,
  logs: readonly NewUsageLog[],
): Promise<string[]> {
  const written = await db
    .insert(usageLogs)
    .values([...logs])
    .onConflictDoNothing({ target: usageLogs.providerCallId })
    .returning({ id: usageLogs.id });
  return written.map((row) => row.id);
}

export async function listLogIdsOfTurn(
  db: Queryable,
  orgId: string,
  turnId: string,
): Promise<string[]> {
  const rows = await db
    .select({ id: usageLogs.id })
    .from(usageLogs)
    .where(and(eq(usageLogs.orgId, orgId), eq(usageLogs.turnId, turnId)));
  return rows.map((row) => row.id);
}

/** What a settle adds to a person's month, with the period's figures at that moment. */
export type SummaryDelta = {
  readonly orgId: string;
  readonly userId: string;
  readonly month: string;
  readonly queries: number;
  readonly tokens: number;
  readonly costPicoUsd: bigint;
  readonly costMicroVnd: bigint;
  readonly savedMicroVnd: bigint;
  readonly simple: number;
  readonly medium: number;
  readonly complex: number;
  readonly planId: string;
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly remainingMicroVnd: bigint;
};

export async function addToSummary(db: Queryable, delta: SummaryDelta): Promise<void> {
  const table = monthlyUsageSummary;
  const snapshot = {
    subscriptionTier: delta.planId,
    budgetLimitMicroVnd: delta.limitMicroVnd,
    budgetUsedMicroVnd: delta.usedMicroVnd,
    budgetRemainingMicroVnd: delta.remainingMicroVnd,
    updatedAt: sql`app_now()`,
  };
  await db
    .insert(table)
    .values({
      orgId: delta.orgId,
      userId: delta.userId,
      month: delta.month,
      totalQueries: delta.queries,
      totalTokens: delta.tokens,
      totalCostPicoUsd: delta.costPicoUsd,
      totalCostMicroVnd: delta.costMicroVnd,
      savedMicroVnd: delta.savedMicroVnd,
      simpleQueries: delta.simple,
      mediumQueries: delta.medium,
      complexQueries: delta.complex,
      ...snapshot,
    })
    .onConflictDoUpdate({
      target: [table.orgId, table.userId, table.month],
      set: {
        totalQueries: sql`${table.totalQueries} + excluded.total_queries`,
        totalTokens: sql`${table.totalTokens} + excluded.total_tokens`,
        totalCostPicoUsd: sql`${table.totalCostPicoUsd} + excluded.total_cost_pico_usd`,
        totalCostMicroVnd: sql`${table.totalCostMicroVnd} + excluded.total_cost_micro_vnd`,
        savedMicroVnd: sql`${table.savedMicroVnd} + excluded.saved_micro_vnd`,
        simpleQueries: sql`${table.simpleQueries} + excluded.simple_queries`,
        mediumQueries: sql`${table.mediumQueries} + excluded.medium_queries`,
        complexQueries: sql`${table.complexQueries} + excluded.complex_queries`,
        ...snapshot,
      },
    });
}

export async function findSummary(
  db: Queryable,
  key: { orgId: string; userId: string; month: string },
) {
  const [row] = await db
    .select()
    .from(monthlyUsageSummary)
    .where(
      and(
        eq(monthlyUsageSummary.orgId, key.orgId),
        eq(monthlyUsageSummary.userId, key.userId),
        eq(monthlyUsageSummary.month, key.month),
      ),
    );
  return row ?? null;
}

export type HistoryFilter = {
  readonly orgId: string;
  readonly userId: string;
  readonly month: string | null;
  readonly modelId: string | null;
  readonly complexity: string | null;
};

/** A range, which the index on the instants answers. */
function isInMonth(month: string): SQL {
  const start = sql`${`${month}-01`}::text::timestamp`;
  return sql`${usageLogs.occurredAt} >= (${start} at time zone 'Asia/Ho_Chi_Minh')
         and ${usageLogs.occurredAt} < ((${start} + interval '1 month') at time zone 'Asia/Ho_Chi_Minh')`;
}

function whereOf(filter: HistoryFilter): SQL | undefined {
  return and(
    eq(usageLogs.orgId, filter.orgId),
    eq(usageLogs.userId, filter.userId),
    filter.month === null ? undefined : isInMonth(filter.month),
    filter.modelId === null ? undefined : eq(usageLogs.modelId, filter.modelId),
    filter.complexity === null ? undefined : eq(usageLogs.queryComplexity, filter.complexity),
  );
}

export async function listLogs(
  db: Queryable,
  filter: HistoryFilter,
  page: { limit: number; offset: number },
) {
  return (
    db
      .select()
      .from(usageLogs)
      .where(whereOf(filter))
      // As the index orders them; without the words PostgreSQL sorts all rows of the person.
      .orderBy(sql`${usageLogs.occurredAt} desc nulls last`, desc(usageLogs.id))
      .limit(page.limit)
      .offset(page.offset)
  );
}

export async function totalOfLogs(db: Queryable, filter: HistoryFilter) {
  const [row] = await db
    .select({
      count: sql<number>`count(*)::int`,
      costMicroVnd: sql<string>`coalesce(sum(${usageLogs.costMicroVnd}), 0)::text`,
    })
    .from(usageLogs)
    .where(whereOf(filter));
  return row ?? { count: 0, costMicroVnd: "0" };
}

/** The models a person ever used: one look into the index for each, however many rows there are. */
export async function listModelIds(
  db: Queryable,
  orgId: string,
  userId: string,
): Promise<string[]> {
  const ofPerson = sql`${usageLogs.orgId} = ${orgId}::uuid and ${usageLogs.userId} = ${userId}`;
  const rows = await db.execute<{ modelId: string }>(sql`
    with recursive used as (
      select (select min(${usageLogs.modelId}) from ${usageLogs} where ${ofPerson}) as model_id
      union all
      select (select min(${usageLogs.modelId}) from ${usageLogs}
               where ${ofPerson} and ${usageLogs.modelId} > used.model_id)
        from used where used.model_id is not null)
    select model_id as "modelId" from used where model_id is not null order by model_id`);
  return rows.map((row) => row.modelId);
}

function answersOf(orgId: string): SQL | undefined {
  return and(
    eq(usageLogs.orgId, orgId),
    eq(usageLogs.kind, "usage"),
    eq(usageLogs.purpose, "chat"),
    eq(usageLogs.isFinalAttempt, true),
  );
}

/** Answered questions of an organisation after an instant, newest first. */
export async function listAnswersSince(
  db: Queryable,
  orgId: string,
  since: { readonly instant: Date; readonly limit: number },
) {
  return db
    .select({
      userId: usageLogs.userId,
      occurredAt: usageLogs.occurredAt,
      score: usageLogs.complexityScore,
      category: usageLogs.queryCategory,
      inputTokens: sql<number>`${usageLogs.freshInputTokens} + ${usageLogs.cachedInputTokens}
        + ${usageLogs.cacheWrite5mTokens} + ${usageLogs.cacheWrite1hTokens}`,
      outputTokens: usageLogs.outputTokens,
      outcome: sql<string | null>`${usageLogs.metadata}->>'outcome'`,
    })
    .from(usageLogs)
    .where(and(answersOf(orgId), gt(usageLogs.occurredAt, since.instant)))
    .orderBy(desc(usageLogs.occurredAt), desc(usageLogs.id))
    .limit(since.limit);
}

export async function hasAnswersUntil(
  db: Queryable,
  orgId: string,
  instant: Date,
): Promise<boolean> {
  const rows = await db
    .select({ id: usageLogs.id })
    .from(usageLogs)
    .where(and(answersOf(orgId), lte(usageLogs.occurredAt, instant)))
    .limit(1);
  return rows.length > 0;
}
