import { api } from "@/api/client.ts";
import type { BudgetFigures } from "@/components/budget-state.ts";
import type { UsageSummaryView } from "../schema.ts";

const POLL_MS = 30_000;

/** Budget and month, kept fresh: every 30 s while the tab is visible, and when it becomes so again. */
export function useUsageSummary() {
  return api.costOptimization.getUsageSummary.useQuery(undefined, {
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: "always",
  });
}

/** Reads the bar's figures anew, for instance after an answer was booked. */
export function useRefreshUsageSummary(): () => Promise<void> {
  const utils = api.useUtils();
  return () => utils.costOptimization.getUsageSummary.invalidate();
}

export function figuresOf({ period }: UsageSummaryView): BudgetFigures {
  return {
    limitMicroVnd: BigInt(period.limitMicroVnd),
    usedMicroVnd: BigInt(period.usedMicroVnd),
    reservedMicroVnd: BigInt(period.reservedMicroVnd),
    remainingMicroVnd: BigInt(period.remainingMicroVnd),
    overdraftMicroVnd: BigInt(period.overdraftMicroVnd),
  };
}
