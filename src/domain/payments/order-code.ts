import { assert } from "@/domain/assert.ts";

/** What every code begins with. */
export const ORDER_CODE_PREFIX = "PHO";

/** Digits and capitals without 0, 1, I, L and O, which are read for each other: 31, a prime. */
export const ORDER_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/** Characters after the prefix; the last one checks the others. */
export const ORDER_CODE_SUFFIX_LENGTH = 8;

/**
 * Makes the code of an order, which a person types into a bank's form: `PHO`, seven drawn
 * characters and a check character.
 * @param randomIndex gives an evenly drawn integer in [0, max).
 */
export function makeOrderCode(randomIndex: (max: number) => number): string {
  const values = Array.from({ length: ORDER_CODE_SUFFIX_LENGTH - 1 }, () =>
    randomIndex(ORDER_CODE_ALPHABET.length),
  );
  const suffix = [...values, checkOf(values)].map((value) => ORDER_CODE_ALPHABET[value] ?? "");
  const code = `${ORDER_CODE_PREFIX}${suffix.join("")}`;
  assert(isOrderCode(code), "an order's code checks");
  return code;
}

/**
 * Whether a text is a code exactly, in capitals. Every code with one wrong character and every one
 * with two neighbours swapped is refused.
 */
export function isOrderCode(text: string): boolean {
  if (text.length !== ORDER_CODE_PREFIX.length + ORDER_CODE_SUFFIX_LENGTH) return false;
  if (!text.startsWith(ORDER_CODE_PREFIX)) return false;
  const values = [...text.slice(ORDER_CODE_PREFIX.length)].map((character) =>
    ORDER_CODE_ALPHABET.indexOf(character),
  );
  return !values.includes(-1) && checkOf(values.slice(0, -1)) === values.at(-1);
}

/**
 * Weights 1 to 7, and −1 for the check itself: all different and none zero modulo the prime 31, so
 * neither one changed value nor a swap of neighbours leaves the sum as it was.
 */
function checkOf(values: readonly number[]): number {
  const sum = values.reduce((total, value, index) => total + (index + 1) * value, 0);
  return sum % ORDER_CODE_ALPHABET.length;
}
