export type PlanStart = "now" | "period_end";

/** From this part of the limit on, a buyer is proposed to begin at once. */
const NEARLY_USED_PERCENT = 90n;

/**
 * When the cycles a plan order buys may begin, the proposed start first. On the free plan or after a
 * lapse there is nothing to wait for; else behind what is paid for already, unless 90 % of the
 * running period's limit is used.
 * @param input money of the running period, micro-VND.
 */
export function planStarts(input: {
  readonly isPaid: boolean;
  readonly usedMicroVnd: bigint;
  readonly limitMicroVnd: bigint;
}): readonly [PlanStart, ...PlanStart[]] {
  if (!input.isPaid) return ["now"];
  const isNearlyUsed = input.usedMicroVnd * 100n >= input.limitMicroVnd * NEARLY_USED_PERCENT;
  return isNearlyUsed ? ["now", "period_end"] : ["period_end", "now"];
}
