import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  divCeil,
  divFloor,
  divHalfAwayFromZero,
  maxBigint,
  minBigint,
} from "@/domain/money/division.ts";

fc.configureGlobal({ seed: 2_026 });

const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const divisor = fc.bigInt({ min: 1n, max: 10n ** 12n });
const magnitude = (value: bigint) => (value < 0n ? -value : value);

describe("division of money", () => {
  it.each([
    [7n, 2n, 4n, 3n, 4n],
    [-7n, 2n, -3n, -4n, -4n],
    [5n, 10n, 1n, 0n, 1n],
    [-5n, 10n, 0n, -1n, -1n],
    [4n, 10n, 1n, 0n, 0n],
    [-4n, 10n, 0n, -1n, 0n],
    [6n, 3n, 2n, 2n, 2n],
    [-6n, 3n, -2n, -2n, -2n],
    [0n, 3n, 0n, 0n, 0n],
    [1n, 3n, 1n, 0n, 0n],
    [-2n, 3n, 0n, -1n, -1n],
  ])("of %s by %s is %s up, %s down, %s to the nearest", (a, b, up, down, nearest) => {
    expect([divCeil(a, b), divFloor(a, b), divHalfAwayFromZero(a, b)]).toEqual([up, down, nearest]);
  });

  it("up and down enclose the exact quotient within one unit, for negatives too", () => {
    fc.assert(
      fc.property(amount, divisor, (a, b) => {
        const [up, down] = [divCeil(a, b), divFloor(a, b)];
        expect(down * b <= a && a < (down + 1n) * b).toBe(true);
        expect((up - 1n) * b < a && a <= up * b).toBe(true);
        expect(up - down).toBe(a % b === 0n ? 0n : 1n);
      }),
    );
  });

  it("up mirrors down under a change of sign", () => {
    fc.assert(fc.property(amount, divisor, (a, b) => divCeil(-a, b) === -divFloor(a, b)));
  });

  it("to the nearest is never off by more than half, symmetric, and an exact half goes outwards", () => {
    fc.assert(
      fc.property(amount, divisor, (a, b) => {
        const nearest = divHalfAwayFromZero(a, b);
        expect(magnitude(nearest * b - a) * 2n <= b).toBe(true);
        expect(divHalfAwayFromZero(-a, b)).toBe(-nearest);
        if (magnitude(nearest * b - a) * 2n === b) {
          expect(magnitude(nearest) * b > magnitude(a)).toBe(true);
        }
      }),
    );
  });

  it.each([0n, -1n])("by %s is a bug of ours", (divisorOfBug) => {
    for (const divide of [divCeil, divFloor, divHalfAwayFromZero]) {
      expect(() => divide(1n, divisorOfBug)).toThrow("divisor is positive");
    }
  });
});

describe("least and greatest", () => {
  it("are found among negatives and beyond the exact range of a number", () => {
    expect(minBigint(3n)).toBe(3n);
    expect(minBigint(3n, -(2n ** 70n), 0n)).toBe(-(2n ** 70n));
    expect(maxBigint(2n ** 70n, 2n ** 70n + 1n)).toBe(2n ** 70n + 1n);
    expect(maxBigint(-1n, 0n)).toBe(0n);
  });
});
