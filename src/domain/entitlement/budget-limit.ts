import { divFloor, maxBigint } from "@/domain/money/division.ts";

/**
 * The parts of a plan that fix a cycle's budget; money in micro-VND, the ratio in basis points
 * (10,000 = 1.0).
 */
export type PlanBudget = {
  readonly billing: "none" | "monthly" | "yearly";
  readonly priceMicroVnd: bigint;
  readonly budgetRatioBp: number;
  readonly budgetMicroVnd: bigint | null;
};

/**
 * The limit a period of this plan opens with: the free plan's fixed budget, else what was paid for
 * the cycle (a yearly price is twelve cycles) × the plan's budget ratio, rounded down to the
 * micro-VND.
 */
export function periodLimitMicroVnd(plan: PlanBudget): bigint {
  if (plan.budgetMicroVnd !== null) return plan.budgetMicroVnd;
  const cycles = plan.billing === "yearly" ? 12n : 1n;
  return divFloor(plan.priceMicroVnd * BigInt(plan.budgetRatioBp), cycles * 10_000n);
}

/**
 * The limit of a free period that begins inside its month: a month has one free budget in all, so
 * what its earlier free periods used or still hold is gone. @returns micro-VND, >= 0.
 */
export function freeLimitLeftMicroVnd(input: {
  readonly budgetMicroVnd: bigint;
  readonly spentThisMonthMicroVnd: bigint;
}): bigint {
  return maxBigint(0n, input.budgetMicroVnd - maxBigint(0n, input.spentThisMonthMicroVnd));
}

/**
 * The limit of a period: what its rule gives and its grants, which counter-entries lower; never
 * below nothing. Micro-VND.
 */
export function limitWithGrantsMicroVnd(ruleMicroVnd: bigint, grantedMicroVnd: bigint): bigint {
  return maxBigint(0n, ruleMicroVnd + grantedMicroVnd);
}

/**
 * What is left of a plan's price when the whole budget it gives is used; 0 or less: the plan earns
 * nothing. Micro-VND for what one payment buys (a month, or a year).
 */
export function planMarginMicroVnd(plan: PlanBudget): bigint {
  const cycles = plan.billing === "yearly" ? 12n : 1n;
  return plan.priceMicroVnd - periodLimitMicroVnd(plan) * cycles;
}
