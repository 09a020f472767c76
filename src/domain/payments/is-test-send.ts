import { memoLetters } from "./memo-letters.ts";

/** Events without an id of the provider's own are keyed by their content, behind this. */
export const TEST_KEY_PREFIX = "test:";

/** What SePay's "test send" has for a memo ("giao dich thu nghiem"), as `memoLetters` gives it. */
const TEST_MEMO = "GIAODICHTHUNGHIEM";

export type TestSendFacts = {
  /** The webhook event's key; null when only the bank's list told of the transfer. */
  readonly eventKey: string | null;
  readonly texts: readonly (string | null)[];
  /** What the bank's list has is real money, whatever its text says. */
  readonly isOnBankList: boolean;
};

/**
 * Whether a notice looks like the provider's own test: no id, or the memo of one. Asked only when
 * no order's code was found.
 */
export function isTestSend({ eventKey, texts, isOnBankList }: TestSendFacts): boolean {
  if (isOnBankList) return false;
  if (eventKey?.startsWith(TEST_KEY_PREFIX) === true) return true;
  return texts.some((text) => text !== null && memoLetters(text).includes(TEST_MEMO));
}
