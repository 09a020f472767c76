import { assert } from "@/domain/assert.ts";

/** a / b rounded up (towards +∞). Units: those of the caller. @throws Error when b <= 0. */
export function divCeil(a: bigint, b: bigint): bigint {
  assert(b > 0n, "the divisor is positive");
  const quotient = a / b;
  return a % b > 0n ? quotient + 1n : quotient;
}

/** a / b rounded down (towards −∞). @throws Error when b <= 0. */
export function divFloor(a: bigint, b: bigint): bigint {
  assert(b > 0n, "the divisor is positive");
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** a / b rounded to the nearest, halves away from zero. @throws Error when b <= 0. */
export function divHalfAwayFromZero(a: bigint, b: bigint): bigint {
  assert(b > 0n, "the divisor is positive");
  const doubled = a < 0n ? -a * 2n + b : a * 2n + b;
  const magnitude = doubled / (b * 2n);
  return a < 0n ? -magnitude : magnitude;
}

/** The smaller of the given amounts. */
export function minBigint(first: bigint, ...rest: readonly bigint[]): bigint {
  return rest.reduce((least, value) => (value < least ? value : least), first);
}

/** The larger of two amounts. */
export function maxBigint(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
