import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOrderCode, makeOrderCode, ORDER_CODE_ALPHABET } from "@/domain/payments/order-code.ts";

const codes = fc
  .array(fc.nat(ORDER_CODE_ALPHABET.length - 1), { minLength: 7, maxLength: 7 })
  .map((values) => {
    const left = [...values];
    return makeOrderCode(() => left.shift() ?? 0);
  });

describe("order codes", () => {
  it("are PHO and eight characters that nobody reads for each other", () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(code).toMatch(/^PHO[2-9A-HJKMNP-Z]{8}$/);
        expect(isOrderCode(code)).toBe(true);
      }),
    );
  });

  it("draw each character from the whole alphabet", () => {
    const asked: number[] = [];
    makeOrderCode((max) => {
      asked.push(max);
      return 0;
    });
    expect(asked).toEqual([31, 31, 31, 31, 31, 31, 31]);
  });

  it("stay the same for ever: codes on paper are checked by this rule", () => {
    expect(["PHO7K2M9QX5", "PHOB4TRW6H5", "PHO3DNV8YCT", "PHOZZ9A5EPY"].every(isOrderCode)).toBe(
      true,
    );
  });

  it("are refused with any one character wrong", () => {
    fc.assert(
      fc.property(codes, fc.integer({ min: 3, max: 10 }), (code, place) => {
        for (const other of ORDER_CODE_ALPHABET) {
          if (other === code[place]) continue;
          expect(isOrderCode(code.slice(0, place) + other + code.slice(place + 1))).toBe(false);
        }
      }),
    );
  });

  it("are refused with any two different neighbours swapped", () => {
    fc.assert(
      fc.property(codes, (code) => {
        for (let place = 3; place < 10; place += 1) {
          const [left = "", right = ""] = [code[place], code[place + 1]];
          if (left === right) continue;
          expect(isOrderCode(code.slice(0, place) + right + left + code.slice(place + 2))).toBe(
            false,
          );
        }
      }),
    );
  });

  it.each(["", "PHO", "PHO7K2M9QX", "PHO7K2M9QX55", "pho7K2M9QX5", "PH07K2M9QX5", "PHO7K2M9Q05"])(
    "do not include %j",
    (text) => {
      expect(isOrderCode(text)).toBe(false);
    },
  );
});
