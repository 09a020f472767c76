import type { DomainErrorCode } from "@/domain/errors.ts";
import { minBigint } from "@/domain/money/division.ts";

/**
 * What may still be held under each limit, in micro-VND; null = that limit is not set. May be
 * negative (overdraft).
 */
export type SpendLimits = {
  readonly budgetLeftMicroVnd: bigint;
  readonly memberLeftMicroVnd: bigint | null;
  readonly dailyLeftMicroVnd: bigint | null;
  readonly freeCeilingLeftMicroVnd: bigint | null;
  readonly perQueryMicroVnd: bigint | null;
};

/** The most one call may hold: the least of all limits that are set. */
export function headroomMicroVnd(limits: SpendLimits): bigint {
  const set = [
    limits.memberLeftMicroVnd,
    limits.dailyLeftMicroVnd,
    limits.freeCeilingLeftMicroVnd,
    limits.perQueryMicroVnd,
  ].filter((limit) => limit !== null);
  return minBigint(limits.budgetLeftMicroVnd, ...set);
}

/**
 * Which limit refuses a hold, as the code people read: the shared budget first, the narrowest rule
 * last, so that nobody is told to raise a cap of his own while the budget itself is empty.
 * @returns null when every limit admits the hold.
 */
export function refusalFor(limits: SpendLimits, holdMicroVnd: bigint): DomainErrorCode | null {
  const refuses = (left: bigint | null) => left !== null && holdMicroVnd > left;
  if (refuses(limits.budgetLeftMicroVnd)) return "budget_exhausted";
  if (refuses(limits.memberLeftMicroVnd)) return "member_cap_reached";
  if (refuses(limits.dailyLeftMicroVnd)) return "daily_cap_reached";
  if (refuses(limits.freeCeilingLeftMicroVnd)) return "free_ceiling_reached";
  if (refuses(limits.perQueryMicroVnd)) return "query_cap_exceeded";
  return null;
}
