import { present } from "@/domain/assert.ts";
import { periodLimitMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { planMonth, type MonthFacts, type MonthLine } from "@/domain/routing/plan-month.ts";
import { calendarMonth } from "@/domain/time/vietnam-time.ts";
import { getCostSettings } from "@/features/budgets/get-cost-settings.ts";
import type { CostSettingsView } from "@/features/budgets/schema.ts";
import { candidatesAt, rateAt } from "@/features/models/hold-catalogue.ts";
import { loadCatalogue } from "@/features/models/load-catalogue.ts";
import type { Catalogue } from "@/features/models/schema.ts";
import { listPlans } from "@/features/plans/list-plans.ts";
import { activePolicy } from "@/features/routing/active-policy.ts";
import { parsePolicy } from "@/features/routing/parse-policy.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import type { CostBreakdown, CostBreakdownInput } from "./schema.ts";

type SoldPlan = Awaited<ReturnType<typeof listPlans>>[number];
type PlanBreakdown = CostBreakdown["plans"][number];

/**
 * What so many questions a month would cost on each plan, by the engine's own choice at the start of
 * a fresh month and under the caller's own model settings. Yearly plans are left out: what a month
 * of theirs buys is told by the monthly ones. Asks no provider and writes nothing.
 */
export async function calculateCostBreakdown(
  ctx: Ctx,
  input: CostBreakdownInput,
): Promise<CostBreakdown> {
  const [catalogue, plans, settings] = await Promise.all([
    loadCatalogue(ctx.db),
    listPlans(ctx.db),
    getCostSettings(ctx),
  ]);
  const policy = parsePolicy(activePolicy(catalogue, ctx.now));
  const market = marketAt(catalogue, ctx.now);
  return {
    plans: plans
      .filter(({ billing }) => billing !== "yearly")
      .map((plan) => {
        const limitMicroVnd = limitOf(plan);
        const facts = {
          ...market.shared,
          ...choicesOf(settings),
          ...rightsOf(catalogue, plan.id),
          ...moneyOf(limitMicroVnd, ctx.now, settings),
        };
        const lines = planMonth(facts, policy, input);
        return viewOf({ plan, limitMicroVnd, lines, demoIds: market.demoIds });
      }),
  };
}

/** Who could be asked just now, and at what price. */
function marketAt(catalogue: Catalogue, now: Date) {
  const wires = new Map(env().providers.map((provider) => [provider.id, provider.wire]));
  const candidates = candidatesAt(catalogue, now, new Set(wires.keys()));
  const demos = candidates.filter(({ provider }) => wires.get(provider) === "demo");
  return {
    shared: { candidates, rate: rateAt(catalogue, now) },
    demoIds: new Set(demos.map(({ modelId }) => modelId)),
  };
}

function choicesOf(settings: CostSettingsView) {
  return {
    callerOutputTokensMax: null,
    requestedModelId: "auto",
    requestedProvider: null,
    isOptimizationOn: settings.enableCostOptimization,
    preferredModelIds: settings.preferredModels,
    blockedModelIds: settings.blockedModels,
  };
}

function rightsOf(catalogue: Catalogue, planId: string): Pick<MonthFacts, "plan"> {
  const found = catalogue.plans.find((plan) => plan.id === planId);
  const plan = present(found, "the catalogue has every plan");
  return {
    plan: {
      id: plan.id,
      tiers: plan.modelTiers,
      defaultTier: plan.defaultModelTier,
      outputTokensMax: plan.outputTokensMax,
    },
  };
}

/** A month of which nothing is spent; limits of the person's own are left out. */
function moneyOf(
  limitMicroVnd: bigint,
  now: Date,
  settings: CostSettingsView,
): Pick<MonthFacts, "limits" | "pacing"> {
  const { startsAt, endsAt } = calendarMonth(now);
  const startsAtMs = startsAt.getTime();
  return {
    limits: {
      budgetLeftMicroVnd: limitMicroVnd,
      memberLeftMicroVnd: null,
      dailyLeftMicroVnd: null,
      freeCeilingLeftMicroVnd: null,
      perQueryMicroVnd: null,
    },
    pacing: {
      startsAtMs,
      endsAtMs: endsAt.getTime(),
      nowMs: startsAtMs,
      limitMicroVnd,
      usedMicroVnd: 0n,
      reservedMicroVnd: 0n,
      isSoftLandingOn: settings.softLanding,
    },
  };
}

function limitOf(plan: SoldPlan): bigint {
  const billing = plan.billing === "monthly" ? "monthly" : "none";
  return periodLimitMicroVnd({ ...plan, billing });
}

function viewOf(input: {
  readonly plan: SoldPlan;
  readonly limitMicroVnd: bigint;
  readonly lines: readonly MonthLine[];
  readonly demoIds: ReadonlySet<string>;
}): PlanBreakdown {
  const { plan, limitMicroVnd, lines, demoIds } = input;
  const asked = lines.filter(({ questions }) => questions > 0);
  const total = asked.reduce((sum, line) => sum + (totalOf(line) ?? 0n), 0n);
  return {
    planId: plan.id,
    name: plan.tier,
    priceMicroVnd: plan.priceMicroVnd.toString(),
    budgetMicroVnd: limitMicroVnd.toString(),
    messagesDailyMax: plan.messagesDailyMax,
    lines: lines.map((line) => ({
      label: line.label,
      questions: line.questions,
      modelId: line.modelId,
      costPerAnswerMicroVnd: line.costPerAnswerMicroVnd?.toString() ?? null,
      totalMicroVnd: totalOf(line)?.toString() ?? null,
    })),
    totalMicroVnd: total.toString(),
    fitsBudget: total <= limitMicroVnd && asked.every(({ modelId }) => modelId !== null),
    isDemo: lines.some(({ modelId }) => modelId !== null && demoIds.has(modelId)),
  };
}

function totalOf({ questions, costPerAnswerMicroVnd }: MonthLine): bigint | null {
  return costPerAnswerMicroVnd === null ? null : costPerAnswerMicroVnd * BigInt(questions);
}
