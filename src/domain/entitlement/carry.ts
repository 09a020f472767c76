import { maxBigint, minBigint } from "@/domain/money/division.ts";

/** A period as far as its remainder goes, micro-VND. */
export type PeriodRemainder = {
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
  /** Its grants and counter-entries, what was carried out of it among them. */
  readonly grantedMicroVnd: bigint;
  /**
   * The limit of its cycle, where the cycle was cut by a newer chain; else 0: what a plan gives for a
   * cycle ends with the cycle.
   */
  readonly cutCycleMicroVnd: bigint;
};

/** What nobody has used or holds. @returns micro-VND, >= 0. */
export function unspentMicroVnd(
  period: Pick<PeriodRemainder, "limitMicroVnd" | "usedMicroVnd" | "reservedMicroVnd">,
): bigint {
  return maxBigint(0n, period.limitMicroVnd - period.usedMicroVnd - period.reservedMicroVnd);
}

/**
 * The part of a period's unspent money that moves to the next one: the plan's own budget is spent
 * first, so what is left of the grants; of a cut cycle all that is left. What is held stays until
 * the hold is closed. @returns micro-VND, >= 0.
 */
export function carriedMicroVnd(period: PeriodRemainder): bigint {
  const carryable = maxBigint(0n, period.cutCycleMicroVnd + period.grantedMicroVnd);
  return minBigint(carryable, unspentMicroVnd(period));
}
