import { memoLetters } from "./memo-letters.ts";
import { isOrderCode, ORDER_CODE_PREFIX, ORDER_CODE_SUFFIX_LENGTH } from "./order-code.ts";

const CODE_LENGTH = ORDER_CODE_PREFIX.length + ORDER_CODE_SUFFIX_LENGTH;

/**
 * Every order code in the texts of a transfer, distinct, in the order of the texts and within them:
 * whatever the bank put around it, in any case, with or without diacritics, glued to other words,
 * with spaces inside. Only what checks is a code; whether an order has it is for the caller.
 * @param texts most trusted first (the provider's own guess, the memo, the bank's description).
 */
export function findOrderCodes(...texts: readonly (string | null)[]): string[] {
  return [...new Set(texts.flatMap((text) => (text === null ? [] : codesIn(memoLetters(text)))))];
}

function codesIn(letters: string): string[] {
  const codes: string[] = [];
  let start = letters.indexOf(ORDER_CODE_PREFIX);
  while (start !== -1) {
    const candidate = letters.slice(start, start + CODE_LENGTH);
    if (isOrderCode(candidate)) codes.push(candidate);
    start = letters.indexOf(ORDER_CODE_PREFIX, start + 1);
  }
  return codes;
}
