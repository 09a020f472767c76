import { divCeil, divFloor } from "./division.ts";

/** 1 ₫ in micro-VND: the one place that names the scale. */
export const MICRO_PER_VND = 1_000_000n;

/** pico-USD × milli-VND per USD per micro-VND: 10^12 × 10^3 / 10^6. */
const PICO_USD_MILLI_VND_PER_MICRO_VND = 1_000_000_000n;

/** Whole đồng → micro-VND. */
export function vndToMicroVnd(vnd: bigint): bigint {
  return vnd * MICRO_PER_VND;
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
