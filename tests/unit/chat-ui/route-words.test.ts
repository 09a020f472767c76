import { describe, expect, it } from "vitest";
import { decisionView } from "@/features/chat/schema.ts";
import { refusalTitleKey } from "@/features/chat/ui/failure-text.ts";
import { about, expectedSaving } from "@/features/chat/ui/route-words.ts";
import { planVerdict, type PlanBreakdown } from "@/features/chat/ui/what-if-verdict.ts";

const old = {
  modelId: "demo/pho-nho",
  provider: "demo",
  score: 0.2,
  label: "simple",
  category: "question",
  expectedCostMicroVnd: "3100000",
  reasonCode: "worth_it",
  outputTokensMax: 2048,
  policyVersion: "1",
};

describe("about", () => {
  it.each([
    [0, "0"],
    [19, "19"],
    [20, "20"],
    [99, "99"],
    [118, "110"],
    [1_244, "1.200"],
    [999_999, "990.000"],
  ])("shows %d as %s, never more than there is", (count, shown) => {
    expect(about(count).shown).toBe(shown);
    expect(about(count).count).toBeLessThanOrEqual(count);
  });
});

describe("a decision of before it was explained", () => {
  it("is read with nothing known", () => {
    expect(decisionView.parse(old)).toEqual({
      ...old,
      referenceModelId: null,
      savedExpectedMicroVnd: null,
      stronger: null,
      answersLeft: null,
      strongerAnswersLeft: null,
      replacedModelId: null,
      isCapTight: false,
    });
    expect(expectedSaving(decisionView.parse(old))).toBeNull();
  });
});

describe("expectedSaving", () => {
  const saving = (savedExpectedMicroVnd: string, referenceModelId = "demo/pho-vua") =>
    expectedSaving(decisionView.parse({ ...old, savedExpectedMicroVnd, referenceModelId }));

  it("names a saving and an extra cost for what they are", () => {
    expect(saving("7000000")).toMatchObject({ kind: "less", amountMicroVnd: 7_000_000n });
    expect(saving("-7000000")).toMatchObject({ kind: "more", amountMicroVnd: 7_000_000n });
  });

  it("is about the chosen model, also where another one answered in its place", () => {
    const replaced = { ...old, modelId: "demo/pho-vua", replacedModelId: "demo/pho-nho" };
    const saved = { savedExpectedMicroVnd: "7", referenceModelId: "demo/pho-vua" };
    expect(expectedSaving(decisionView.parse({ ...replaced, ...saved }))).toMatchObject({
      kind: "less",
    });
  });

  it("says nothing where there is no difference", () => {
    expect(saving("0")).toBeNull();
    expect(saving("5", "demo/pho-nho")).toBeNull();
  });
});

describe("refusalTitleKey", () => {
  it("knows the wish for a picture and falls back for the rest", () => {
    expect(refusalTitleKey({ code: "feature_disabled", feature: "image_generation" })).toBe(
      "image",
    );
    expect(refusalTitleKey({ code: "budget_exhausted", feature: null })).toBe("budget_exhausted");
    expect(refusalTitleKey({ code: "no_model_available", feature: null })).toBe("other");
  });
});

describe("planVerdict", () => {
  const line = {
    label: "simple",
    questions: 10,
    modelId: "demo/pho-nho",
    costPerAnswerMicroVnd: "1",
    totalMicroVnd: "10",
  } as const;
  const plan: PlanBreakdown = {
    planId: "free",
    name: "free",
    priceMicroVnd: "0",
    budgetMicroVnd: "100",
    messagesDailyMax: 20,
    lines: [line],
    totalMicroVnd: "10",
    fitsBudget: true,
    isDemo: true,
  };
  const few = { simple: 10, medium: 0, complex: 0 };

  it("names the hardest wall", () => {
    expect(planVerdict(plan, few)).toBe("fits");
    expect(planVerdict(plan, { ...few, medium: 591 })).toBe("too_many_messages");
    expect(planVerdict({ ...plan, messagesDailyMax: null }, { ...few, medium: 591 })).toBe("fits");
    expect(planVerdict({ ...plan, fitsBudget: false }, few)).toBe("over_budget");
    const unanswered = { ...line, modelId: null };
    expect(planVerdict({ ...plan, lines: [unanswered], fitsBudget: false }, few)).toBe("no_model");
    const unasked = { ...unanswered, questions: 0 };
    expect(planVerdict({ ...plan, lines: [unasked] }, few)).toBe("fits");
  });
});
