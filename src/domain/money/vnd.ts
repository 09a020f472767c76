import { divCeil, divFloor } from "./division.ts";

/** 1 ₫ in micro-VND: the one place that names the scale. */
export const MICRO_PER_VND = 1_000_000n;

/** pico-USD × milli-VND per USD per micro-VND: 10^12 × 10^3 / 10^6. */
const PICO_USD_MILLI_VND_PER_MICRO_VND = 1_000_000_000n;

/** Whole đồng → micro-VND. */
export function vndToMicroVnd(vnd: bigint): bigint {
  return vnd * MICRO_PER_VND;
}

/** Đồng with up to six decimals, as a person writes a correction; a sign in front is allowed. */
const DECIMAL_VND = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/;

/**
 * A decimal text of đồng → micro-VND, exactly. @returns null for anything else: words, exponents,
 * more than six decimals, more than twelve digits.
 */
export function decimalVndToMicroVnd(text: string): bigint | null {
  const match = DECIMAL_VND.exec(text);
  if (match === null) return null;
  const [, sign, whole = "0", decimals = ""] = match;
  const microVnd = BigInt(whole) * MICRO_PER_VND + BigInt(decimals.padEnd(6, "0"));
  return sign === "-" ? -microVnd : microVnd;
}

/** micro-VND → whole đồng, rounded down: what is left is never shown as more than it is. */
export function microVndToVndFloor(microVnd: bigint): bigint {
  return divFloor(microVnd, MICRO_PER_VND);
}

/**
 * A cost in pico-USD at a rate in milli-VND per USD → micro-VND, rounded up once. The same formula
 * stands in SQL in the audit of the ledger: `ceil(cost_pico_usd::numeric * rate_milli_vnd / 10^9)`.
 */
export function picoUsdToMicroVnd(costPicoUsd: bigint, rateMilliVnd: bigint): bigint {
  return divCeil(costPicoUsd * rateMilliVnd, PICO_USD_MILLI_VND_PER_MICRO_VND);
}
