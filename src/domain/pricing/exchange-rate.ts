/** What a dollar can plausibly cost, in milli-VND: 20,000 to 40,000 ₫. Anything else is a mistake. */
const PLAUSIBLE_MILLI_VND_MIN = 20_000_000n;
const PLAUSIBLE_MILLI_VND_MAX = 40_000_000n;

/** A change of more than so many percent waits for a person. */
const JUMP_PERCENT_MAX = 5n;

const DECIMALS = 3;

/**
 * A rate as banks write it (₫ per USD, `26,260.00`, `26260.5`, `26007.437228`) → milli-VND per USD;
 * exact to three decimals, what lies behind them rounded to the nearest, halves up.
 * @returns null for anything else: other separators, signs, exponents, words, nothing.
 */
export function parseVndPerUsd(text: string): bigint | null {
  const match = /^(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.(\d{1,12}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "0", fraction = ""] = match;
  const padded = fraction.padEnd(DECIMALS + 1, "0");
  const exact = BigInt(whole.replaceAll(",", "")) * 1_000n + BigInt(padded.slice(0, DECIMALS));
  return padded.charAt(DECIMALS) >= "5" ? exact + 1n : exact;
}

/** milli-VND per USD → ₫ per USD as text, exact: 26260500 → `26260.5`. */
export function formatVndPerUsd(rateMilliVnd: bigint): string {
  const fraction = (rateMilliVnd % 1_000n).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  const whole = (rateMilliVnd / 1_000n).toString();
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Whether a dollar can cost that much. @param rateMilliVnd milli-VND per USD. */
export function isPlausibleRate(rateMilliVnd: bigint): boolean {
  return rateMilliVnd >= PLAUSIBLE_MILLI_VND_MIN && rateMilliVnd <= PLAUSIBLE_MILLI_VND_MAX;
}

/**
 * Whether a rate lies more than 5 % above or below the last one: then a person decides. Exactly 5 %
 * is no jump.
 */
export function isRateJump(rateMilliVnd: bigint, lastMilliVnd: bigint): boolean {
  const change =
    rateMilliVnd > lastMilliVnd ? rateMilliVnd - lastMilliVnd : lastMilliVnd - rateMilliVnd;
  return change * 100n > lastMilliVnd * JUMP_PERCENT_MAX;
}
