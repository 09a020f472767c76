import { describe, expect, test } from "vitest";
import { blockOffers } from "@/features/payments/ui/block-offers.ts";
import type { PlanCardView, PlansView } from "@/features/plans/schema.ts";

const start = { starts: "now", startsAt: "2026-11-21T00:00:00.000Z", carryMicroVnd: "0" } as const;

function card(planId: string, change: Partial<PlanCardView> = {}): PlanCardView {
  return {
    planId,
    tier: planId.replace("-yearly", ""),
    billing: planId.endsWith("-yearly") ? "yearly" : "monthly",
    priceMicroVnd: "1",
    cycleLimitMicroVnd: "1",
    modelTiers: ["economy"],
    messagesDailyMax: null,
    outputTokensMax: 1_000,
    isCurrent: false,
    answers: null,
    starts: [start],
    ...change,
  };
}

const free = card("free", {
  billing: "none",
  priceMicroVnd: "0",
  cycleLimitMicroVnd: "5",
  messagesDailyMax: 20,
  starts: [],
});
const starter = card("starter", {
  priceMicroVnd: "29",
  cycleLimitMicroVnd: "29",
  messagesDailyMax: 200,
});
const premium = card("premium", {
  priceMicroVnd: "99",
  cycleLimitMicroVnd: "99",
  modelTiers: ["economy", "standard"],
});
const yearly = card("premium-yearly", { priceMicroVnd: "990", cycleLimitMicroVnd: "82" });

function view(currentId: string, billing: "none" | "monthly" | "yearly" = "none"): PlansView {
  const plans = [premium, yearly, starter, free].map((plan) => ({
    ...plan,
    isCurrent: plan.planId === currentId,
  }));
  return {
    subscription: {
      planId: currentId,
      tier: currentId,
      billing,
      state: billing === "none" ? "free" : "active",
      anchorAt: null,
      periodEndsAt: start.startsAt,
      paidUntil: null,
      cyclesLeft: 0,
    },
    plans,
    averagesOf: 0,
  };
}

const keys = (offers: ReturnType<typeof blockOffers>) => offers.map(({ key }) => key);

describe("what is offered where a message was refused", () => {
  test("missing money: top-ups, then monthly plans with at least the present budget", () => {
    expect(keys(blockOffers(view("free"), "budget"))).toEqual([
      ...["top_up-20000", "top_up-50000", "top_up-100000", "top_up-200000"],
      ...["starter", "premium"],
    ]);
    expect(keys(blockOffers(view("premium", "monthly"), "budget")).slice(4)).toEqual(["premium"]);
  });

  test("too many messages: only plans with more of them, and no top-up", () => {
    expect(keys(blockOffers(view("free"), "messages"))).toEqual(["starter", "premium"]);
    expect(keys(blockOffers(view("starter", "monthly"), "messages"))).toEqual(["premium"]);
    expect(blockOffers(view("premium", "monthly"), "messages")).toEqual([]);
  });

  test("a model the plan lacks: only plans with other models", () => {
    expect(keys(blockOffers(view("free"), "models"))).toEqual(["premium"]);
  });

  test("the common part of the free plan used up: every plan that is paid for", () => {
    expect(keys(blockOffers(view("free"), "plan"))).toEqual(["starter", "premium"]);
  });

  test("whoever pays by the year is offered years", () => {
    expect(keys(blockOffers(view("premium-yearly", "yearly"), "budget")).slice(4)).toEqual([
      "premium-yearly",
    ]);
  });
});
