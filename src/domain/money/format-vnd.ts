import { divFloor, divHalfAwayFromZero } from "./division.ts";
import { MICRO_PER_VND } from "./vnd.ts";

/** No-break space before the sign, so that an amount never wraps. */
const UNIT = "\u00a0₫";

function grouped(whole: bigint): string {
  const digits = (whole < 0n ? -whole : whole).toString();
  const text = digits.replace(/\B(?=(\d{3})+$)/g, ".");
  return whole < 0n ? `-${text}` : text;
}

function withoutFraction(microVnd: bigint, whole: bigint): string {
  if (microVnd > 0n && microVnd < MICRO_PER_VND) return `<\u00a01${UNIT}`;
  return `${grouped(whole)}${UNIT}`;
}

/**
 * An amount spent as people read it: `1.234 ₫`, halves away from zero, `< 1 ₫` between 0 and 1, `0
 * ₫` for zero.
 * @param microVnd any amount, may be negative (a negative saving).
 */
export function formatVnd(microVnd: bigint): string {
  return withoutFraction(microVnd, divHalfAwayFromZero(microVnd, MICRO_PER_VND));
}

/**
 * What is left, rounded down: never promises a đồng that is not there. @param microVnd any amount.
 */
export function formatVndLeft(microVnd: bigint): string {
  return withoutFraction(microVnd, divFloor(microVnd, MICRO_PER_VND));
}

/**
 * The exact amount for hovers and exports: `1.234,567 ₫`, trailing zeros cut. @param microVnd any
 * amount.
 */
export function formatVndExact(microVnd: bigint): string {
  const magnitude = microVnd < 0n ? -microVnd : microVnd;
  const fraction = (magnitude % MICRO_PER_VND).toString().padStart(6, "0").replace(/0+$/, "");
  const whole = grouped(magnitude / MICRO_PER_VND);
  const sign = microVnd < 0n ? "-" : "";
  return `${sign}${whole}${fraction === "" ? "" : `,${fraction}`}${UNIT}`;
}
