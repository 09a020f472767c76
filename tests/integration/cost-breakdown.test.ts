import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costBreakdown, type CostBreakdownInput } from "@/features/chat/schema.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";

const path = "costOptimization.calculateCostBreakdown";

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function breakdown(person: Person, input: CostBreakdownInput) {
  const answer = await trpc(person, path, { input });
  return costBreakdown.parse(answer.data).plans;
}

describe("calculateCostBreakdown", () => {
  it("tells every plan's cost for the month, cheapest plan first, and adds up", async () => {
    const person = await makePerson(app.database);
    const questions = { simple: 150, medium: 70, complex: 20 };
    const plans = await breakdown(person, questions);
    expect(plans.map(({ planId }) => planId)).toEqual(["free", "starter", "premium", "ultimate"]);
    for (const plan of plans) {
      expect(plan.lines.map(({ label }) => label)).toEqual(["simple", "medium", "complex"]);
      expect(plan.lines.map((line) => line.questions)).toEqual([150, 70, 20]);
      const sum = plan.lines.reduce((all, line) => all + BigInt(line.totalMicroVnd ?? "0"), 0n);
      expect(plan.totalMicroVnd).toBe(sum.toString());
      expect(plan.fitsBudget).toBe(sum <= BigInt(plan.budgetMicroVnd));
    }
    expect(app.simulator.calls).toHaveLength(0);
  });

  it("stays within the rights of each plan and the person's blocked models", async () => {
    const person = await makePerson(app.database);
    const blocked = "openai/gpt-5-nano";
    const input = { blockedModels: [blocked] };
    await trpc(person, "costOptimization.updateCostSettings", { input, method: "POST" });
    const plans = await breakdown(person, { simple: 10, medium: 10, complex: 10 });
    const [free] = plans;
    const economy = await app.database.sql`select id from models where tier = 'economy'`;
    const allowed = economy.map((row) => String(row["id"]));
    for (const line of free?.lines ?? []) expect(allowed).toContain(line.modelId);
    const used = plans.flatMap(({ lines }) => lines.map(({ modelId }) => modelId));
    expect(used).not.toContain(blocked);
  });

  it("says when a month is more than a plan's budget", async () => {
    const person = await makePerson(app.database);
    const plans = await breakdown(person, { simple: 100_000, medium: 100_000, complex: 100_000 });
    expect(plans.map(({ fitsBudget }) => fitsBudget)).toEqual([false, false, false, false]);
    const idle = await breakdown(person, { simple: 0, medium: 0, complex: 0 });
    expect(idle.map(({ totalMicroVnd }) => totalMicroVnd)).toEqual(["0", "0", "0", "0"]);
    expect(idle.map(({ fitsBudget }) => fitsBudget)).toEqual([true, true, true, true]);
  });

  it("answers whatever month fits by the cheapest models, and a richer plan no worse", async () => {
    const person = await makePerson(app.database);
    const plans = await breakdown(person, { simple: 400, medium: 100, complex: 50 });
    const costs = plans.map(({ lines }) => BigInt(lines[2]?.costPerAnswerMicroVnd ?? "0"));
    expect(plans.at(-1)?.fitsBudget).toBe(true);
    expect(costs.at(-1)).toBeGreaterThanOrEqual(costs[0] ?? 0n);
  });

  it("refuses what is no count", async () => {
    const person = await makePerson(app.database);
    for (const simple of [-1, 1.5, 100_001]) {
      const answer = await trpc(person, path, { input: { simple, medium: 0, complex: 0 } });
      expect(answer).toMatchObject({ status: 400, code: "invalid_input" });
    }
  });
});
