import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { picoUsdToUsdPerMtok, usdPerMtokToPicoUsd } from "@/domain/pricing/usd-per-mtok.ts";

fc.configureGlobal({ seed: 2_026 });

describe("a price in USD per million tokens", () => {
  it.each([
    ["1", 1_000_000n],
    ["0", 0n],
    ["0.15", 150_000n],
    ["0.000001", 1n],
    ["15.000000", 15_000_000n],
    ["999999999.999999", 999_999_999_999_999n],
    ["007", 7_000_000n],
  ])("%s is %s pico-USD a token", (text, picoUsd) => {
    expect(usdPerMtokToPicoUsd(text)).toBe(picoUsd);
  });

  it.each([
    "",
    " ",
    "-1",
    "+1",
    "1e3",
    "1E308",
    "NaN",
    "Infinity",
    "1.",
    ".5",
    "1,5",
    "1.2345678",
    "1 000",
    "0x10",
    "1000000000",
    "１",
    "1.5\n",
  ])("%j is refused", (text) => {
    expect(() => usdPerMtokToPicoUsd(text)).toThrow("six decimals");
  });

  it("loses nothing: every amount of six decimals reads back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), (picoUsd) => {
        const fraction = (picoUsd % 1_000_000n).toString().padStart(6, "0");
        return usdPerMtokToPicoUsd(`${picoUsd / 1_000_000n}.${fraction}`) === picoUsd;
      }),
    );
  });

  it.each([
    [0n, "0"],
    [1n, "0.000001"],
    [250_000n, "0.25"],
    [15_000_000n, "15"],
  ])("%s pico-USD a token is written %s", (picoUsd, text) => {
    expect(picoUsdToUsdPerMtok(picoUsd)).toBe(text);
  });

  it("is written as it was read", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), (picoUsd) => {
        return usdPerMtokToPicoUsd(picoUsdToUsdPerMtok(picoUsd)) === picoUsd;
      }),
    );
  });
});
