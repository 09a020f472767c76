import { present } from "@/domain/assert.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import { loadCatalogue } from "@/features/models/load-catalogue.ts";
import { pricesAt } from "@/features/models/hold-catalogue.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import type { ModelChoiceView } from "./schema.ts";

/**
 * The models the picker may show: enabled, priced and with a key; `isAllowed` says whether the plan
 * includes them.
 */
export async function listModels(ctx: Ctx): Promise<ModelChoiceView[]> {
  const [catalogue, period] = await Promise.all([loadCatalogue(ctx.db), openCurrentPeriod(ctx)]);
  const plan = present(
    catalogue.plans.find((row) => row.id === period.planId),
    "the period's plan exists",
  );
  const wires = new Map(env().providers.map((provider) => [provider.id, provider.wire]));
  return catalogue.models
    .filter((model) => model.isEnabled && wires.has(model.provider))
    .filter((model) => pricesAt(catalogue, model.modelId, ctx.now).length > 0)
    .map((model) => ({
      id: model.modelId,
      name: model.name,
      provider: model.provider,
      tier: model.tier,
      isDemo: wires.get(model.provider) === "demo",
      isAllowed: plan.modelTiers.includes(model.tier),
    }));
}
