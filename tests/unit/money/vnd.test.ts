import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimalVndToMicroVnd,
  MICRO_PER_VND,
  microVndToVndFloor,
  picoUsdToMicroVnd,
  vndToMicroVnd,
} from "@/domain/money/vnd.ts";

fc.configureGlobal({ seed: 2_026 });

/** pico-USD × milli-VND per micro-VND: written out so that the source's constant is checked. */
const SCALE = 10n ** 9n;

const costPicoUsd = fc.bigInt({ min: 0n, max: 10n ** 18n });
const rateMilliVnd = fc.bigInt({ min: 1_000_000n, max: 1_000_000_000n });

describe("whole đồng", () => {
  it("are a million micro-VND each", () => {
    expect(MICRO_PER_VND).toBe(1_000_000n);
    expect(vndToMicroVnd(5_000n)).toBe(5_000_000_000n);
    expect(vndToMicroVnd(-1n)).toBe(-1_000_000n);
  });

  it.each([
    [0n, 0n],
    [999_999n, 0n],
    [1_000_000n, 1n],
    [1_999_999n, 1n],
    [-1n, -1n],
    [-1_000_000n, -1n],
    [-1_000_001n, -2n],
  ])("left of %s micro-VND are %s, rounded down", (microVnd, vnd) => {
    expect(microVndToVndFloor(microVnd)).toBe(vnd);
  });
});

describe("đồng as a person writes them", () => {
  it.each([
    ["0", 0n],
    ["12", 12_000_000n],
    ["-12.5", -12_500_000n],
    ["0.000001", 1n],
    ["-0.000001", -1n],
    ["007.100000", 7_100_000n],
    ["999999999999.999999", 999_999_999_999_999_999n],
  ])("%s are exact", (text, microVnd) => {
    expect(decimalVndToMicroVnd(text)).toBe(microVnd);
  });

  it.each([
    ...["", "-", ".5", "5.", "1e3", "1e308", "NaN", "Infinity", "-Infinity", "0x10", "1_000"],
    ...["1,5", "1.0000001", "+1", "--1", " 1", "1 ", "1\n", "1000000000000", "١٢", "1.5.5", "null"],
  ])("%j are none", (text) => {
    expect(decimalVndToMicroVnd(text)).toBeNull();
  });

  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), (microVnd) => {
        const size = microVnd < 0n ? -microVnd : microVnd;
        const decimals = (size % MICRO_PER_VND).toString().padStart(6, "0");
        const text = `${microVnd < 0n ? "-" : ""}${size / MICRO_PER_VND}.${decimals}`;
        expect(decimalVndToMicroVnd(text)).toBe(microVnd);
      }),
    );
  });
});

describe("a cost in pico-USD", () => {
  it.each([
    ["nothing", 0n, 24_167_000n, 0n],
    ["one USD at 24,167 ₫", 10n ** 12n, 24_167_000n, 24_167n * 10n ** 6n],
    ["the smallest cost", 1n, 24_167_000n, 1n],
    ["exactly one micro-VND", 1_000n, 1_000_000n, 1n],
    ["a hair above one micro-VND", 1_001n, 1_000_000n, 2n],
    ["1,000 tokens at $0.15 per Mtok, 26,260.5 ₫", 150_000_000n, 26_260_500n, 3_939_075n],
  ])("is rounded up once: %s", (_name, cost, rate, microVnd) => {
    expect(picoUsdToMicroVnd(cost, rate)).toBe(microVnd);
  });

  it("never becomes less than it is, and less than one micro-VND more", () => {
    fc.assert(
      fc.property(costPicoUsd, rateMilliVnd, (cost, rate) => {
        const excess = picoUsdToMicroVnd(cost, rate) * SCALE - cost * rate;
        expect(excess >= 0n && excess < SCALE).toBe(true);
      }),
    );
  });

  it("never falls when the cost or the rate rises", () => {
    fc.assert(
      fc.property(costPicoUsd, rateMilliVnd, costPicoUsd, (cost, rate, more) => {
        expect(picoUsdToMicroVnd(cost + more, rate) >= picoUsdToMicroVnd(cost, rate)).toBe(true);
        expect(picoUsdToMicroVnd(cost, rate + more) >= picoUsdToMicroVnd(cost, rate)).toBe(true);
      }),
    );
  });

  it("keeps the sum of 100,000 rows of about 0.4 ₫ within one micro-VND a row, never below (F34)", () => {
    const rate = 24_167_000n;
    let bookedMicroVnd = 0n;
    let exact = 0n;
    for (let call = 0n; call < 100_000n; call += 1n) {
      // 16,551,495 pico-USD are 0.4 ₫ at this rate; the rest lets the fraction differ by row.
      const cost = 16_551_495n + (call % 97n);
      const row = picoUsdToMicroVnd(cost, rate);
      if (row < 400_000n || row > 400_003n) throw new Error(`a row of ${row} is not about 0.4 ₫`);
      bookedMicroVnd += row;
      exact += cost * rate;
    }
    const error = bookedMicroVnd * SCALE - exact;
    expect(error >= 0n).toBe(true);
    expect(error < 100_000n * SCALE).toBe(true);
  });
});
