import { procedure } from "@/server/trpc.ts";
import { getUsageHistory } from "./get-usage-history.ts";
import { usageHistoryInput } from "./schema.ts";

/** Merged into `costOptimization` by `api/root.ts`. */
export const usageProcedures = {
  getUsageHistory: procedure
    .input(usageHistoryInput)
    .query(({ ctx, input }) => getUsageHistory(ctx, input)),
};
