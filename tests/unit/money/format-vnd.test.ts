import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatVnd, formatVndExact, formatVndLeft } from "@/domain/money/format-vnd.ts";

fc.configureGlobal({ seed: 2_026 });

const NBSP = "\u00a0";
const amount = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n });

/** The whole đồng a text shows; the inverse of the grouping only. */
const wholeOf = (text: string) => BigInt(text.replace(`${NBSP}₫`, "").replaceAll(".", ""));

/** The exact text back to micro-VND. */
function microVndOf(exact: string): bigint {
  const [, sign = "", whole = "", fraction = ""] =
    /^(-?)([\d.]+)(?:,(\d{1,6}))?\u00a0₫$/.exec(exact) ?? [];
  const magnitude =
    BigInt(whole.replaceAll(".", "")) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

describe("an amount as people read it", () => {
  it.each([
    [0n, "0 ₫", "0 ₫", "0 ₫"],
    [1n, "< 1 ₫", "< 1 ₫", "0,000001 ₫"],
    [499_999n, "< 1 ₫", "< 1 ₫", "0,499999 ₫"],
    [500_000n, "< 1 ₫", "< 1 ₫", "0,5 ₫"],
    [999_999n, "< 1 ₫", "< 1 ₫", "0,999999 ₫"],
    [1_000_000n, "1 ₫", "1 ₫", "1 ₫"],
    [1_499_999n, "1 ₫", "1 ₫", "1,499999 ₫"],
    [1_500_000n, "2 ₫", "1 ₫", "1,5 ₫"],
    [1_999_999n, "2 ₫", "1 ₫", "1,999999 ₫"],
    [999_500_000n, "1.000 ₫", "999 ₫", "999,5 ₫"],
    [1_234_567_890n, "1.235 ₫", "1.234 ₫", "1.234,56789 ₫"],
    [1_234_567_000_000n, "1.234.567 ₫", "1.234.567 ₫", "1.234.567 ₫"],
    [-1n, "0 ₫", "-1 ₫", "-0,000001 ₫"],
    [-499_999n, "0 ₫", "-1 ₫", "-0,499999 ₫"],
    [-500_000n, "-1 ₫", "-1 ₫", "-0,5 ₫"],
    [-1_500_000n, "-2 ₫", "-2 ₫", "-1,5 ₫"],
    [-1_234_400_000n, "-1.234 ₫", "-1.235 ₫", "-1.234,4 ₫"],
  ])("%s micro-VND: spent %s, left %s, exact %s", (microVnd, spent, left, exact) => {
    const shown = [formatVnd(microVnd), formatVndLeft(microVnd), formatVndExact(microVnd)];
    expect(shown.map((text) => text.replaceAll(NBSP, " "))).toEqual([spent, left, exact]);
  });

  it("holds no ordinary blank, so that it never wraps", () => {
    fc.assert(
      fc.property(amount, (microVnd) => {
        for (const format of [formatVnd, formatVndLeft, formatVndExact]) {
          expect(format(microVnd)).not.toContain(" ");
        }
      }),
    );
  });

  it("is at most half a đồng from the amount", () => {
    fc.assert(
      fc.property(amount, (microVnd) => {
        fc.pre(microVnd <= 0n || microVnd >= 1_000_000n);
        const error = wholeOf(formatVnd(microVnd)) * 1_000_000n - microVnd;
        expect(error >= -500_000n && error <= 500_000n).toBe(true);
      }),
    );
  });

  it("never promises more than is left, nor hides a whole đồng", () => {
    fc.assert(
      fc.property(amount, (microVnd) => {
        fc.pre(microVnd <= 0n || microVnd >= 1_000_000n);
        const hidden = microVnd - wholeOf(formatVndLeft(microVnd)) * 1_000_000n;
        expect(hidden >= 0n && hidden < 1_000_000n).toBe(true);
      }),
    );
  });

  it("groups as vi-VN does", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (vnd) => {
        expect(formatVnd(vnd * 1_000_000n)).toBe(
          `${new Intl.NumberFormat("vi-VN").format(vnd)}${NBSP}₫`,
        );
      }),
    );
  });

  it("reads back from its exact form to the micro-VND", () => {
    fc.assert(fc.property(amount, (value) => microVndOf(formatVndExact(value)) === value));
  });
});
