import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  creditMicroVnd,
  CREDITS_DAILY_MAX,
  isFailedAnswer,
} from "@/domain/ledger/failed-answer-credit.ts";

fc.configureGlobal({ seed: 2_026 });

type Answer = Parameters<typeof isFailedAnswer>[0];
type Credit = Parameters<typeof creditMicroVnd>[0];

const empty: Answer = {
  hasText: false,
  failure: null,
  finishReason: "stop",
  isCapOfCaller: false,
};

describe("an answer", () => {
  it.each([
    ["an error before any content", { failure: "failed", finishReason: null }],
    ["a time-out before any content", { failure: "timeout", finishReason: null }],
    ["an empty answer that ended by itself", {}],
    ["an empty answer that a filter ended", { finishReason: "content_filter" }],
    ["an answer of tool calls only", { finishReason: "other" }],
    ["an empty answer cut by a cap of ours", { finishReason: "length" }],
    ["an empty answer with a cap of the caller that did not bite", { isCapOfCaller: true }],
  ] satisfies [string, Partial<Answer>][])("failed: %s", (_name, parts) => {
    expect(isFailedAnswer({ ...empty, ...parts })).toBe(true);
  });

  it.each([
    ["any text", { hasText: true }],
    ["a part of an answer, then an error", { hasText: true, failure: "failed" }],
    ["stopped by its reader before any content", { failure: "aborted", finishReason: null }],
    ["emptied by the caller's own cap", { finishReason: "length", isCapOfCaller: true }],
  ] satisfies [string, Partial<Answer>][])("did not fail: %s", (_name, parts) => {
    expect(isFailedAnswer({ ...empty, ...parts })).toBe(false);
  });
});

const small: Credit = {
  costMicroVnd: 100n,
  creditsToday: 0,
  creditedMicroVnd: 0n,
  limitMicroVnd: 1_000_000n,
};

describe("the credit", () => {
  it.each([
    ["all that it cost", {}, 100n],
    ["the third of a day", { creditsToday: 2 }, 100n],
    ["to the last of the one per cent", { creditedMicroVnd: 9_900n }, 100n],
    ["the one per cent at once", { costMicroVnd: 10_000n }, 10_000n],
  ] satisfies [string, Partial<Credit>, bigint][])("is given: %s", (_name, parts, credit) => {
    expect(creditMicroVnd({ ...small, ...parts })).toBe(credit);
  });

  it.each([
    ["the fourth of a day", { creditsToday: 3 }],
    ["more than three already", { creditsToday: 99 }],
    ["one micro-VND over the one per cent", { creditedMicroVnd: 9_901n }],
    ["a cost over the one per cent alone", { costMicroVnd: 10_001n }],
    ["a one per cent that is not whole", { limitMicroVnd: 9_999n }],
    ["a period of nothing", { limitMicroVnd: 0n }],
    ["what cost nothing", { costMicroVnd: 0n }],
    ["a negative cost", { costMicroVnd: -1n }],
    ["credits over the limit already", { creditedMicroVnd: 2_000_000n }],
  ] satisfies [string, Partial<Credit>][])("is nothing for %s", (_name, parts) => {
    expect(creditMicroVnd({ ...small, ...parts })).toBe(0n);
  });

  it("never passes 1 % of the limit nor 3 a day, whatever fails", () => {
    const failures = fc.array(fc.bigInt({ min: -10n, max: 5_000n }), { maxLength: 400 });
    const limit = fc.bigInt({ min: 0n, max: 1_000_000n });
    const perDay = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(failures, limit, perDay, (costs, limitMicroVnd, failuresPerDay) => {
        let creditedMicroVnd = 0n;
        let creditsToday = 0;
        costs.forEach((costMicroVnd, index) => {
          if (index % failuresPerDay === 0) creditsToday = 0;
          const credit = creditMicroVnd({
            ...{ costMicroVnd, creditsToday, creditedMicroVnd, limitMicroVnd },
          });
          expect(credit === 0n || credit === costMicroVnd).toBe(true);
          creditedMicroVnd += credit;
          if (credit > 0n) creditsToday += 1;
          expect(creditsToday).toBeLessThanOrEqual(CREDITS_DAILY_MAX);
          expect(creditedMicroVnd * 100n).toBeLessThanOrEqual(limitMicroVnd);
        });
      }),
    );
    expect(CREDITS_DAILY_MAX).toBe(3);
  });
});
