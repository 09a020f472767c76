import type { Ctx } from "@/server/ctx.ts";
import {
  usageLogView,
  type UsageHistoryInput,
  type UsageHistoryView,
  type UsageLogView,
} from "./schema.ts";
import { listLogs, listModelIds, totalOfLogs } from "./store.ts";

/** The person's own provider calls, newest first, with the total over all rows of the filter. */
export async function getUsageHistory(
  ctx: Ctx,
  input: UsageHistoryInput,
): Promise<UsageHistoryView> {
  const filter = {
    orgId: ctx.orgId,
    userId: ctx.userId,
    month: input.month ?? null,
    modelId: input.modelId ?? null,
    complexity: input.complexity ?? null,
  };
  const page = { limit: input.pageSize, offset: (input.page - 1) * input.pageSize };
  const [rows, total, modelIds] = await Promise.all([
    listLogs(ctx.db, filter, page),
    totalOfLogs(ctx.db, filter),
    listModelIds(ctx.db, ctx.orgId, ctx.userId),
  ]);
  return {
    rows: rows.map(viewOf),
    totalRows: total.count,
    totalCostMicroVnd: total.costMicroVnd,
    modelIds,
  };
}

function viewOf(row: Awaited<ReturnType<typeof listLogs>>[number]): UsageLogView {
  return usageLogView.parse({
    id: row.id,
    turnId: row.turnId,
    conversationId: row.conversationId,
    kind: row.kind,
    purpose: row.purpose,
    provider: row.provider,
    modelId: row.modelId,
    servedModel: row.servedModel,
    complexity: row.queryComplexity,
    tokens: {
      freshInput: row.freshInputTokens,
      cachedInput: row.cachedInputTokens,
      cacheWrite: row.cacheWrite5mTokens + row.cacheWrite1hTokens,
      output: row.outputTokens,
      reasoning: row.reasoningTokens,
    },
    costMicroVnd: row.costMicroVnd.toString(),
    savedMicroVnd: row.savedMicroVnd.toString(),
    source: row.source,
    reason: row.reason,
    occurredAt: row.occurredAt.toISOString(),
  });
}
