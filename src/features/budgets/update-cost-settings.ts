import type { Ctx } from "@/server/ctx.ts";
import { costSettingsViewOf } from "./get-cost-settings.ts";
import type { CostSettingsView, UpdateCostSettingsInput } from "./schema.ts";
import { upsertCostSettings, type CostSettingsChange } from "./store.ts";

const AMOUNTS = ["monthlyBudgetMicroVnd", "dailyCapMicroVnd", "maxCostPerQueryMicroVnd"] as const;

/**
 * Changes the given settings of the person themselves; those not given stay. They hold from the
 * next turn on and only lower what the plan allows. @param input amounts as decimal micro-VND,
 * `null` takes a limit away.
 */
export async function updateCostSettings(
  ctx: Ctx,
  input: UpdateCostSettingsInput,
): Promise<CostSettingsView> {
  const change: CostSettingsChange = {};
  for (const name of AMOUNTS) {
    const amount = input[name];
    if (amount !== undefined) change[name] = amount === null ? null : BigInt(amount);
  }
  if (input.enableCostOptimization !== undefined)
    change.enableCostOptimization = input.enableCostOptimization;
  if (input.enableBudgetAlerts !== undefined) change.enableBudgetAlerts = input.enableBudgetAlerts;
  if (input.softLanding !== undefined) change.softLanding = input.softLanding;
  if (input.budgetAlertThresholds !== undefined) {
    change.budgetAlertThresholds = [...new Set(input.budgetAlertThresholds)].sort((a, b) => a - b);
  }
  if (input.preferredModels !== undefined)
    change.preferredModels = [...new Set(input.preferredModels)];
  if (input.blockedModels !== undefined) change.blockedModels = [...new Set(input.blockedModels)];
  const row = await upsertCostSettings(ctx.db, { orgId: ctx.orgId, userId: ctx.userId }, change);
  return costSettingsViewOf(row);
}
