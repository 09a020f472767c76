import { describe, expect, it } from "vitest";
import { firstPolicy, marketPolicy } from "@drizzle/seed-policy.ts";
import { parsePolicy } from "@/features/routing/parse-policy.ts";

const { version: _first, ...linear } = firstPolicy;
const { version: _market, ...market } = marketPolicy;
let versions = 0;
const parse = (parameters: unknown) => {
  versions += 1;
  return parsePolicy({ version: `v${versions}`, parameters });
};
const stored = (parameters: unknown): unknown => JSON.parse(JSON.stringify(parameters));

describe("a stored policy", () => {
  it.each([
    ["linear", linear],
    ["market", market],
  ])("is read as it was written: %s", (_name, parameters) => {
    expect(parse(stored(parameters))).toMatchObject(parameters);
  });

  it("of before there were kinds, lengths by category and curves is the first policy still", () => {
    const old = {
      pacing: { queriesPerDay: 8, qualityPerAllowance: 0.2 },
      cutPoints: { medium: 0.34, complex: 0.62 },
      outputTokensExpected: { simple: 250, medium: 600, complex: 1_200 },
      outputTokensP95: firstPolicy.outputTokensP95,
      ...{ preferredBonus: 0.03, historyTokensMax: 24_000, imageWishConfidence: 0.8 },
    };
    const { version: _version, ...parsed } = parse(old);
    expect(parsed).toEqual(linear);
  });

  it("is parsed once", () => {
    const row = { version: "once", parameters: stored(market) };
    expect(parsePolicy(row)).toBe(parsePolicy(row));
  });

  it.each([
    ["an unknown kind of pacing", { pacing: { kind: "guess" } }],
    ["cut points out of order", { cutPoints: { medium: 0.7, complex: 0.6 } }],
    [
      "a category without lengths",
      { outputTokensExpected: { chat: { simple: 1, medium: 1, complex: 1 } } },
    ],
    [
      "a curve of ten points",
      { qualityCurves: { x: { ...market.qualityCurves["small"], chat: [1] } } },
    ],
    ["a market without typical questions", { pacing: { ...market.pacing, typicalQuestions: [] } }],
    ["a bidding share of nothing", { pacing: { ...market.pacing, biddingShare: 0 } }],
  ])("is refused with %s", (_name, parts) => {
    expect(() => parse({ ...market, ...parts })).toThrow();
  });
});
