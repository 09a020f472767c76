import { procedure } from "@/server/trpc.ts";
import { getCostSettings } from "./get-cost-settings.ts";
import { getUsageSummary } from "./get-usage-summary.ts";
import { updateCostSettingsInput } from "./schema.ts";
import { updateCostSettings } from "./update-cost-settings.ts";

/** Merged into `costOptimization` by `api/root.ts`. */
export const budgetsProcedures = {
  getUsageSummary: procedure.query(({ ctx }) => getUsageSummary(ctx)),
  getCostSettings: procedure.query(({ ctx }) => getCostSettings(ctx)),
  updateCostSettings: procedure
    .input(updateCostSettingsInput)
    .mutation(({ ctx, input }) => updateCostSettings(ctx, input)),
};
