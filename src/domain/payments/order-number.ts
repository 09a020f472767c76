import { assert } from "@/domain/assert.ts";
import {
  isOrderCode,
  makeOrderCode,
  ORDER_CODE_ALPHABET,
  ORDER_CODE_PREFIX,
  ORDER_CODE_SUFFIX_LENGTH,
} from "./order-code.ts";

const BASE = ORDER_CODE_ALPHABET.length;
const DRAWN = ORDER_CODE_SUFFIX_LENGTH - 1;
/** 31^7: as many codes as there are. */
const CODES = BASE ** DRAWN;

/** How often one order can be opened under a number of its own; all stay exact in a double. */
export const OPENINGS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / CODES);

/**
 * An order's code as a whole number, for providers that know no letters: the seven drawn characters
 * read in base 31. Where a number serves only once, each opening of the payment page has another.
 * @param opening 0 ≤ opening < `OPENINGS_MAX`; counts in units of 31^7.
 * @returns 0 ≤ number ≤ `Number.MAX_SAFE_INTEGER`.
 */
export function orderNumber(code: string, opening = 0): number {
  assert(isOrderCode(code), "an order's code checks");
  const isOpening = Number.isInteger(opening) && opening >= 0 && opening < OPENINGS_MAX;
  assert(isOpening, "an opening is within its range");
  const drawn = code.slice(ORDER_CODE_PREFIX.length, -1);
  const value = [...drawn].reduce(
    (sum, character) => sum * BASE + ORDER_CODE_ALPHABET.indexOf(character),
    0,
  );
  return opening * CODES + value;
}

/** The code a number stands for, whichever opening it is of. @returns null: it is no such number. */
export function codeOfOrderNumber(number: number): string | null {
  if (!Number.isSafeInteger(number) || number < 0 || number >= CODES * OPENINGS_MAX) return null;
  const value = number % CODES;
  const drawn = Array.from(
    { length: DRAWN },
    (_, place) => Math.floor(value / BASE ** (DRAWN - 1 - place)) % BASE,
  );
  return makeOrderCode(() => drawn.shift() ?? 0);
}
