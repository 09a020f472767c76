import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeOrderCode, ORDER_CODE_ALPHABET } from "@/domain/payments/order-code.ts";
import { codeOfOrderNumber, OPENINGS_MAX, orderNumber } from "@/domain/payments/order-number.ts";

const codes = fc
  .array(fc.nat(ORDER_CODE_ALPHABET.length - 1), { minLength: 7, maxLength: 7 })
  .map((values) => {
    const left = [...values];
    return makeOrderCode(() => left.shift() ?? 0);
  });

describe("an order's number", () => {
  it("is the seven drawn characters in base 31", () => {
    expect(orderNumber("PHO22222222")).toBe(0);
    expect(codeOfOrderNumber(0)).toBe("PHO22222222");
    // 7, K, 2, M, 9, Q, X by their places in the alphabet.
    const value = [5, 17, 0, 18, 7, 21, 28].reduce((sum, digit) => sum * 31 + digit, 0);
    expect(orderNumber("PHO7K2M9QX5")).toBe(value);
    expect(orderNumber("PHO7K2M9QX5", 1)).toBe(31 ** 7 + value);
  });

  it("leads back to the code, whichever opening it is of, and is a safe integer", () => {
    fc.assert(
      fc.property(codes, fc.nat(OPENINGS_MAX - 1), (code, opening) => {
        const number = orderNumber(code, opening);
        expect(Number.isSafeInteger(number)).toBe(true);
        expect(codeOfOrderNumber(number)).toBe(code);
      }),
    );
    const last = orderNumber("PHOZZZZZZZ5", OPENINGS_MAX - 1);
    expect(codeOfOrderNumber(last)).toBe("PHOZZZZZZZ5");
  });

  it("is another one for every code and every opening", () => {
    fc.assert(
      fc.property(codes, codes, fc.nat(99), fc.nat(99), (one, other, first, second) => {
        fc.pre(one !== other || first !== second);
        expect(orderNumber(one, first)).not.toBe(orderNumber(other, second));
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1])(
    "is not %d",
    (number) => {
      expect(codeOfOrderNumber(number)).toBeNull();
    },
  );

  it("is not asked of what is no code, nor for an opening out of range", () => {
    expect(() => orderNumber("PHO7K2M9QX6")).toThrow("checks");
    expect(() => orderNumber("PHO7K2M9QX5", -1)).toThrow("range");
    expect(() => orderNumber("PHO7K2M9QX5", OPENINGS_MAX)).toThrow("range");
  });
});
