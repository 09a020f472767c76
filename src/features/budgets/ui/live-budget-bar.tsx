"use client";

import { BudgetBarFailed, BudgetBarLoading } from "@/components/budget-bar-pending.tsx";
import { BudgetBar } from "@/components/budget-bar.tsx";
import { budgetStateIcon } from "./budget-state-icon.tsx";
import { figuresOf, useUsageSummary } from "./use-usage-summary.ts";

/** The budget bar with the figures of now. After a failed reading the last known ones stay. */
export function LiveBudgetBar({ compact = false }: { readonly compact?: boolean }) {
  const { data, isError, refetch } = useUsageSummary();
  const variant = compact ? "compact" : "full";
  if (data === undefined && isError)
    return <BudgetBarFailed variant={variant} onReload={() => void refetch()} />;
  if (data === undefined) return <BudgetBarLoading variant={variant} />;
  return <BudgetBar figures={figuresOf(data)} variant={variant} iconOf={budgetStateIcon} />;
}
