import type { Ctx } from "@/server/ctx.ts";
import type { CostSettingsView } from "./schema.ts";
import { findCostSettings } from "./store.ts";

type SettingsRow = NonNullable<Awaited<ReturnType<typeof findCostSettings>>>;

/**
 * A stored row, or the defaults of somebody who never changed anything, as the settings page shows
 * them.
 */
export function costSettingsViewOf(row: SettingsRow | null): CostSettingsView {
  return {
    monthlyBudgetMicroVnd: row?.monthlyBudgetMicroVnd?.toString() ?? null,
    dailyCapMicroVnd: row?.dailyCapMicroVnd?.toString() ?? null,
    maxCostPerQueryMicroVnd: row?.maxCostPerQueryMicroVnd?.toString() ?? null,
    enableCostOptimization: row?.enableCostOptimization ?? true,
    enableBudgetAlerts: row?.enableBudgetAlerts ?? true,
    budgetAlertThresholds: row?.budgetAlertThresholds ?? [75, 90, 95, 100],
    preferredModels: row?.preferredModels ?? [],
    blockedModels: row?.blockedModels ?? [],
    softLanding: row?.softLanding ?? true,
  };
}

/** The person's own cost settings in this organisation. */
export async function getCostSettings(ctx: Ctx): Promise<CostSettingsView> {
  return costSettingsViewOf(await findCostSettings(ctx.db, ctx.orgId, ctx.userId));
}
