import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { demandFacts, learnDemand, type PastAnswer } from "@/domain/demand/demand-profile.ts";
import { learnOutput, outputFactorOf } from "@/domain/demand/output-profile.ts";
import { policy } from "../routing/turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
const NOW = Date.parse("2026-11-20T05:00:00Z");

const answerAt = (askedAtMs: number, parts: Partial<PastAnswer> = {}): PastAnswer => ({
  ...{ userId: "an", askedAtMs, score: 0.2, category: "code", inputTokens: 100 },
  ...{ outputTokens: 250, isWhole: true },
  ...parts,
});
const times = (count: number, parts: Partial<PastAnswer>) =>
  Array.from({ length: count }, () => answerAt(NOW - HOUR_MS, parts));

const later = (ms: number, questionsToday = 0) => ({
  nowMs: NOW + ms,
  endsAtMs: NOW + 4 * WEEK_MS,
  questionsToday,
});

describe("the demand a decision sees", () => {
  it("of a steady asker is his rate, however often it is learned", () => {
    const every6h = Array.from({ length: 8 * 28 }, (_, index) =>
      answerAt(NOW - index * 6 * HOUR_MS),
    );
    const profile = learnDemand(every6h, { fromMs: NOW - 8 * WEEK_MS, nowMs: NOW });
    const { questionsSeen, weeksSeen, weeksLeft } = demandFacts(profile, later(0, 3));
    expect(questionsSeen / weeksSeen).toBeCloseTo(28, 0);
    expect(weeksLeft).toBeCloseTo(4, 1);
  });

  it("ages between two learnings: a week of silence halves the rate's evidence and adds a week", () => {
    const profile = learnDemand(times(20, {}), { fromMs: NOW - WEEK_MS, nowMs: NOW });
    const now = demandFacts(profile, later(0, 20));
    const then = demandFacts(profile, later(WEEK_MS));
    expect(then.questionsSeen).toBeCloseTo(now.questionsSeen / 2, 5);
    expect(then.weeksSeen).toBeCloseTo(now.weeksSeen / 2 + 0.5 / Math.LN2, 5);
    expect(then.weeksLeft).toBeLessThan(now.weeksLeft);
  });

  it("counts today's questions once: those of the profile are not new", () => {
    const profile = learnDemand(times(3, {}), { fromMs: NOW - WEEK_MS, nowMs: NOW });
    expect(profile.questionsToday).toBe(3);
    const { questionsSeen } = demandFacts(profile, later(0, 3));
    expect(demandFacts(profile, later(0, 8)).questionsSeen).toBeCloseTo(questionsSeen + 5, 5);
    expect(demandFacts(profile, later(0, 1)).questionsSeen).toBeCloseTo(questionsSeen, 5);
    const tomorrow = demandFacts(profile, later(24 * HOUR_MS, 2));
    expect(tomorrow.questionsSeen).toBeCloseTo(questionsSeen * 2 ** (-1 / 7) + 2, 5);
  });

  it("without a profile is nothing but the calendar", () => {
    expect(demandFacts(null, later(WEEK_MS, 7))).toEqual({
      questionsSeen: 0,
      weeksSeen: 0,
      weeksLeft: 3,
      recent: [],
    });
  });

  it("is never below nothing, also past the period's end and with a clock set back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), fc.nat(50), (weeks, today) => {
        const profile = learnDemand(times(2, {}), { fromMs: NOW - WEEK_MS, nowMs: NOW });
        const facts = demandFacts(profile, later(weeks * WEEK_MS, today));
        const least = Math.min(facts.questionsSeen, facts.weeksSeen, facts.weeksLeft);
        expect(least).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("the output factor", () => {
  it("is 1 for a category, a person or a policy of which nothing is known", () => {
    const profile = learnOutput(times(20, { outputTokens: 900 }), policy, NOW);
    expect(outputFactorOf(profile, policy.version, "code")).toBeGreaterThan(2);
    expect(outputFactorOf(profile, policy.version, "chat")).toBe(1);
    expect(outputFactorOf(profile, "another", "code")).toBe(1);
    expect(outputFactorOf(null, policy.version, "code")).toBe(1);
  });

  it("nears what was seen the more was seen, and stays in [0.25, 4]", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(20_000), (count, outputTokens) => {
        const profile = learnOutput(times(count, { outputTokens }), policy, NOW);
        const factor = outputFactorOf(profile, policy.version, "code");
        expect(factor).toBeGreaterThanOrEqual(0.25);
        expect(factor).toBeLessThanOrEqual(4);
        const seen = Math.min(4, outputTokens / 250);
        const isBetween = (factor - 1) * (seen - factor) >= -1e-3;
        expect(isBetween || factor === 0.25).toBe(true);
      }),
    );
  });

  it("compares each answer with what its own difficulty lets expect", () => {
    const hard = times(20, { score: 0.9, outputTokens: 1_200 });
    expect(outputFactorOf(learnOutput(hard, policy, NOW), policy.version, "code")).toBe(1);
  });
});
