import { describe, expect, it } from "vitest";
import { expectedDemand } from "@/domain/pacing/expected-demand.ts";
import type { MarketPacing } from "@/domain/pacing/pacing-parameters.ts";
import type { DemandFacts, PacingFacts } from "@/domain/routing/turn-facts.ts";

const DAY_MS = 86_400_000;
const parameters: MarketPacing = {
  kind: "market",
  ...{ questionsPerWeek: 56, priorWeeks: 0.5, mixPriorQuestions: 8 },
  ...{ biddingShare: 1, reserveFactor: 2, reserveBurstWeeks: 0.5, reserveQuestionsMin: 6 },
  typicalQuestions: [
    { score: 0.2, category: "chat", inputTokens: 100, share: 3 },
    { score: 0.8, category: "code", inputTokens: 900, share: 1 },
  ],
};
const pacing = (parts: Partial<PacingFacts> = {}): PacingFacts => ({
  ...{ startsAtMs: 0, endsAtMs: 28 * DAY_MS, nowMs: 0 },
  ...{ limitMicroVnd: 1n, usedMicroVnd: 0n, reservedMicroVnd: 0n, isSoftLandingOn: true },
  ...parts,
});
const nothing: DemandFacts = { questionsSeen: 0, weeksSeen: 0, weeksLeft: 3, recent: [] };
const recent = { score: 0.5, category: "maths", inputTokens: 300 } as const;

describe("the demand expected", () => {
  it.each([
    ["by the prior and the calendar of facts that know no demand", pacing(), null, 224],
    ["of the rest of the period", pacing({ nowMs: 21 * DAY_MS }), null, 56],
    ["of nothing when the period is over", pacing({ nowMs: 30 * DAY_MS }), null, 0],
    ["by the organisation's own rhythm", pacing(), nothing, 168],
    [
      "by its own rate as far as it is known",
      pacing(),
      { ...nothing, questionsSeen: 2, weeksSeen: 1 },
      60,
    ],
    [
      "of the whole period with the soft landing off",
      pacing({ nowMs: 21 * DAY_MS, isSoftLandingOn: false }),
      nothing,
      224,
    ],
  ])("is %s", (_name, period, demand, questions) => {
    expect(expectedDemand(period, demand, parameters).questions).toBeCloseTo(questions, 9);
  });

  it("bids only in the share the policy sets", () => {
    const ahead = { ...parameters, biddingShare: 0.75 };
    expect(expectedDemand(pacing(), nothing, ahead).questions).toBeCloseTo(126, 9);
  });

  it("is a mix of the typical and of the own, each own question counting one", () => {
    const demand = { ...nothing, recent: [recent, recent] };
    const { mix } = expectedDemand(pacing(), demand, parameters);
    const shares = mix.map(({ share }) => Math.round(share * 1_000) / 1_000);
    expect(shares).toEqual([0.6, 0.2, 0.1, 0.1]);
    expect(mix.at(-1)).toMatchObject(recent);
  });
});

describe("the reserve", () => {
  const reserved = (period: PacingFacts, demand: DemandFacts | null) =>
    expectedDemand(period, demand, parameters).questionsReserved;

  it("is twice the demand, half a week's burst and a few", () => {
    expect(reserved(pacing(), nothing)).toBeCloseTo(2 * 168 + 28 + 6, 9);
  });

  it("never expects less than the prior, but more when more was seen", () => {
    const quiet = { ...nothing, questionsSeen: 1, weeksSeen: 1.4 };
    expect(reserved(pacing(), quiet)).toBe(reserved(pacing(), nothing));
    const busy = { ...nothing, questionsSeen: 200, weeksSeen: 1.4 };
    expect(reserved(pacing(), busy)).toBeGreaterThan(reserved(pacing(), nothing));
  });

  it("lets go of the burst in the last half day, of the last few never", () => {
    const end = { ...nothing, weeksLeft: 0 };
    const at = (hoursLeft: number) =>
      reserved(pacing({ nowMs: 28 * DAY_MS - hoursLeft * 3_600_000 }), end);
    expect([at(24), at(12), at(6), at(0)]).toEqual([34, 34, 20, 6]);
  });
});
