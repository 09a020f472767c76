import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceUsage } from "@/domain/pricing/price-usage.ts";
import { fitCandidate } from "@/domain/routing/fit-candidate.ts";
import { inputBound } from "@/domain/routing/provider-traits.ts";
import type { CandidateFacts, TurnFacts } from "@/domain/routing/turn-facts.ts";
import { usageWithin } from "../pricing/price-arbitraries.ts";
import { candidatesArbitrary, factsArbitrary } from "./facts-arbitrary.ts";
import { factsOf, freeModel, policy, priced, rate, small } from "./turn-fixture.ts";

fc.configureGlobal({ seed: 2_026 });

const PLENTY = 10n ** 15n;
/** 1,000 input tokens at 10 and 8,192 output tokens at 40 micro-VND. */
const FULL_HOLD = 10_000n + 8_192n * 40n;

const fit = (
  parts: Partial<TurnFacts> = {},
  model: CandidateFacts = small,
  headroomMicroVnd: bigint = PLENTY,
) => fitCandidate({ facts: factsOf(parts), policy, rate }, model, headroomMicroVnd);

const long: TurnFacts["plan"] = { ...factsOf().plan, outputTokensMax: 100_000 };
const reasoning = { ...small, outputTokensMin: 2_048, outputTokensMax: 64_000 };

describe("the output cap", () => {
  it.each([
    ["the caller's wish", { callerOutputTokensMax: 500 }, small, PLENTY, 500],
    ["a wish below the model's minimum, as given", { callerOutputTokensMax: 3 }, small, PLENTY, 3],
    ["the plan's cap", {}, { ...small, outputTokensMax: 9_000 }, PLENTY, 8_192],
    [
      "the model's own maximum",
      { plan: long },
      { ...small, outputTokensMax: 4_000 },
      PLENTY,
      4_000,
    ],
    [
      "four times the learned length",
      { plan: long },
      { ...small, outputTokensMax: 64_000 },
      PLENTY,
      12_000,
    ],
    ["the room left in the context", {}, { ...small, contextTokensMax: 3_000 }, PLENTY, 2_000],
    ["what the headroom pays, to the token", {}, small, 10_000n + 40n * 1_000n + 39n, 1_000],
    ["the model's minimum at exactly its hold", {}, small, 10_000n + 40n * 64n, 64],
  ] satisfies [string, Partial<TurnFacts>, CandidateFacts, bigint, number][])(
    "is %s",
    (_name, parts, model, headroom, cap) => {
      expect(fit(parts, model, headroom)?.outputTokensMax).toBe(cap);
    },
  );

  it("is not pushed below the model's minimum by the learned length", () => {
    const greedy = { ...reasoning, outputTokensMin: 4_096 };
    const complexity = { ...factsOf().complexity, category: "chat" as const };
    expect(fit({ complexity, plan: long }, greedy)?.outputTokensMax).toBe(4_096);
  });

  it.each([
    ["the plan's cap", { plan: { ...long, outputTokensMax: 2_047 } }, reasoning, PLENTY],
    ["the headroom", {}, small, 10_000n + 40n * 64n - 1n],
    ["a headroom below the input alone", { callerOutputTokensMax: 1 }, small, 10_039n],
    ["an empty budget", {}, small, 0n],
    ["the room in the context", {}, { ...reasoning, contextTokensMax: 3_047 }, PLENTY],
  ] satisfies [string, Partial<TurnFacts>, CandidateFacts, bigint][])(
    "makes no candidate of a model whose minimum does not fit: %s",
    (_name, parts, model, headroom) => {
      expect(fit(parts, model, headroom)).toBeNull();
    },
  );
});

describe("the hold", () => {
  it("covers the longest input and output the cap allows", () => {
    expect(fit()?.holdMicroVnd).toBe(FULL_HOLD);
  });

  it("is zero for a free model, on any balance", () => {
    expect(fit({}, freeModel, 0n)).toMatchObject({ holdMicroVnd: 0n, outputTokensMax: 8_192 });
  });

  it("is that of any other model when one marked free has a price", () => {
    const mislabelled = { ...small, isFree: true };
    expect(fit({}, mislabelled)?.holdMicroVnd).toBe(FULL_HOLD);
    expect(fit({}, mislabelled, 0n)).toBeNull();
  });

  it("covers whatever the provider may send, for any cap, plan, budget and provider (F04)", () => {
    const cases = fc
      .tuple(factsArbitrary, candidatesArbitrary, fc.bigInt({ min: 0n, max: 10n ** 9n }))
      .map(([facts, candidates, headroom]) => {
        const model = candidates.find(({ prices }) => prices.length > 0);
        const fitted =
          model === undefined ? null : fitCandidate({ facts, policy, rate }, model, headroom);
        return { facts, headroom, fitted };
      })
      .chain(({ facts, headroom, fitted }) => {
        if (fitted === null) return fc.constant(null);
        const bound = inputBound(fitted.candidate.provider, facts.inputTokensEstimated);
        const usage = usageWithin({ ...bound, outputTokensMax: fitted.outputTokensMax });
        return fc.record({ usage, headroom: fc.constant(headroom), fitted: fc.constant(fitted) });
      });
    let checked = 0;
    fc.assert(
      fc.property(cases, (sample) => {
        if (sample === null) return;
        checked += 1;
        const { usage, headroom, fitted } = sample;
        const { costMicroVnd } = priceUsage(usage, fitted.candidate.prices, rate);
        expect(costMicroVnd <= fitted.holdMicroVnd).toBe(true);
        expect(fitted.holdMicroVnd <= headroom).toBe(true);
        expect(fitted.outputTokensMax).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
    expect(checked).toBeGreaterThan(300);
  });
});

describe("what a provider may bill for input", () => {
  it.each([
    ["demo", 1_064, false],
    ["openai", 1_164, true],
    ["gemini", 1_464, false],
    ["anthropic", 1_764, true],
    ["openrouter", 2_064, true],
  ])("%s: at most %s tokens for 1,000 estimated, cache writes %s", (provider, tokens, writes) => {
    expect(inputBound(provider, 1_000)).toEqual({ inputTokensMax: tokens, mayWriteCache: writes });
  });
});

describe("what a candidate is expected to bring and cost", () => {
  it.each([
    [0, 0.86],
    [1, 0.4],
    [0.5, 0.63],
  ])("at difficulty %s is quality %s", (score, quality) => {
    const complexity = { ...factsOf().complexity, score };
    expect(fit({ complexity })?.expectedQuality).toBeCloseTo(quality, 12);
  });

  it("gains the bonus where the person prefers it", () => {
    const complexity = { ...factsOf().complexity, score: 0 };
    const preferred = fit({ complexity, preferredModelIds: ["demo/small"] });
    expect(preferred?.expectedQuality).toBeCloseTo(0.89, 12);
  });

  it.each([
    ["the learned length", {}, PLENTY, 9_360n + 1_200n * 40n],
    ["the caller's shorter wish", { callerOutputTokensMax: 100 }, PLENTY, 9_360n + 100n * 40n],
    ["the learned length even where money cuts it", {}, 20_000n, 9_360n + 1_200n * 40n],
  ] satisfies [string, Partial<TurnFacts>, bigint, bigint][])(
    "costs %s, so that a cut answer does not look cheap",
    (_name, parts, headroom, cost) => {
      expect(fit(parts, small, headroom)?.expectedCostMicroVnd).toBe(cost);
    },
  );

  it("is priced in the tier its input reaches", () => {
    const tiered = { ...small, prices: [priced(10n, 40n), priced(20n, 80n, 936)] };
    expect(fit({}, tiered)?.expectedCostMicroVnd).toBe(18_720n + 1_200n * 80n);
  });
});
