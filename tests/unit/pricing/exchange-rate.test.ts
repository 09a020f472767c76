import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatVndPerUsd,
  isPlausibleRate,
  isRateJump,
  parseVndPerUsd,
} from "@/domain/pricing/exchange-rate.ts";

fc.configureGlobal({ seed: 2_026 });

describe("a rate in ₫ per USD", () => {
  it.each([
    ["26,260.00", 26_260_000n],
    ["26260", 26_260_000n],
    ["26260.5", 26_260_500n],
    ["26007.437228", 26_007_437n],
    ["26007.4375", 26_007_438n],
    ["26007.4374999", 26_007_437n],
    ["26007.9999", 26_008_000n],
    ["0", 0n],
    ["0.00", 0n],
    ["26,260,000.00", 26_260_000_000n],
  ])("%s is %s milli-VND", (text, rateMilliVnd) => {
    expect(parseVndPerUsd(text)).toBe(rateMilliVnd);
  });

  it.each([
    ...["", "-", " ", "-26260", "+26260", "26 260", "26.260,00", "26,26.00", "2,6260", "26,260,"],
    ...["26260.", ".5", "1e4", "NaN", "Infinity", "26260đ", "0x6694", "２６２６０", "26,260.00\n"],
    "1".repeat(400),
  ])("%j is no rate", (text) => {
    expect(parseVndPerUsd(text)).toBeNull();
  });

  it("is written as it was read, exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999n }), (rateMilliVnd) => {
        expect(parseVndPerUsd(formatVndPerUsd(rateMilliVnd))).toBe(rateMilliVnd);
      }),
    );
  });

  it.each([
    [19_999_999n, false],
    [20_000_000n, true],
    [40_000_000n, true],
    [40_000_001n, false],
    [0n, false],
    [26_260n, false],
    [26_260_000_000n, false],
  ])("%s milli-VND is plausible: %s", (rateMilliVnd, plausible) => {
    expect(isPlausibleRate(rateMilliVnd)).toBe(plausible);
  });

  it.each([
    [26_000_000n, false],
    [27_300_000n, false],
    [27_300_001n, true],
    [24_700_000n, false],
    [24_699_999n, true],
  ])("%s after 26,000 ₫ is a jump: %s", (rateMilliVnd, jump) => {
    expect(isRateJump(rateMilliVnd, 26_000_000n)).toBe(jump);
  });
});
