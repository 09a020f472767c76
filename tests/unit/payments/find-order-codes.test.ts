import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findOrderCodes } from "@/domain/payments/find-order-codes.ts";
import { codesOfRow, transferTexts } from "./transfer-texts.ts";

describe("finding order codes in transfer texts", () => {
  it("knows at least forty texts", () => {
    expect(transferTexts.length).toBeGreaterThanOrEqual(40);
  });

  it.each(transferTexts.map((text, row) => ({ ...text, row })))(
    "$name: $names",
    ({ text, names, row }) => {
      const [a, b] = codesOfRow(row);
      const expected = { first: [a], both: [a, b], nobody: [] }[names];
      expect(findOrderCodes(text(a, b))).toEqual(expected);
    },
  );

  it("gives each code once, in the order of the texts", () => {
    const [a, b] = codesOfRow(1);
    expect(findOrderCodes(null, `${b} va ${a}`, a)).toEqual([b, a]);
    expect(findOrderCodes(a, `${b} va ${a}`, "")).toEqual([a, b]);
  });

  it("never joins the end of one text to the beginning of the next", () => {
    const [a] = codesOfRow(2);
    expect(findOrderCodes(a.slice(0, 5), a.slice(5), null)).toEqual([]);
  });

  it("finds a code whatever stands around it", () => {
    const [a] = codesOfRow(3);
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (before, after) => {
          // A text that ends in the prefix's letters could only hide a code by being one itself.
          expect(findOrderCodes(`${before}|${a}|${after}`)).toContain(a);
        },
      ),
    );
  });

  it("reads 64 KiB of prefixes in no time", () => {
    const startedAtMs = performance.now();
    expect(findOrderCodes("PHO".repeat(21_000))).toEqual([]);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });
});
