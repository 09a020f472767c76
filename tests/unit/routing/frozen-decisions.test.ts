import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { firstPolicy } from "@drizzle/seed-policy.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";

/** As the first policy's decisions were stored: before demand, lengths, caches and health. */
type Frozen = {
  readonly name: string;
  readonly facts: Omit<TurnFacts, "demand" | "outputFactor" | "warmCache" | "candidates"> & {
    readonly candidates: readonly Omit<CandidateFacts, "isHealthy">[];
  };
  readonly plan: Partial<TurnPlan>;
};

const moneyFields = /(MicroVnd|PicoUsd|MilliVnd)$/;
const stored = readFileSync(path.join(import.meta.dirname, "frozen-decisions.json"), "utf8");
const decisions: readonly Frozen[] = JSON.parse(stored, (key, part: unknown) =>
  moneyFields.test(key) && typeof part === "string" ? BigInt(part) : part,
);

const withDefaults = ({ facts }: Frozen): TurnFacts => ({
  ...facts,
  ...{ demand: null, outputFactor: 1, warmCache: null },
  candidates: facts.candidates.map((candidate) => ({ ...candidate, isHealthy: true })),
});

describe("a decision of the first policy", () => {
  it.each(decisions)("is made again to the unit: $name", (decision) => {
    expect(planTurn(withDefaults(decision), firstPolicy)).toMatchObject(decision.plan);
  });
});
