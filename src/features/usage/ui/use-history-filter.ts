"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { usageHistoryInput, type UsageHistoryInput } from "../schema.ts";

const PAGE_SIZE = 20;

export type HistoryFilter = Pick<UsageHistoryInput, "page" | "month" | "modelId" | "complexity">;

/** The filter as the address has it (`?month=2026-11&page=2`); what is not valid counts as unset. */
export function useHistoryFilter(): {
  readonly input: UsageHistoryInput;
  readonly isFiltered: boolean;
  readonly change: (change: Partial<HistoryFilter>) => void;
} {
  const search = useSearchParams();
  const input = useMemo(() => readFilter(search), [search]);
  const change = useCallback(
    (next: Partial<HistoryFilter>) => {
      const query = writeFilter({ ...input, page: 1, ...next });
      window.history.pushState(
        null,
        "",
        `${window.location.pathname}${query === "" ? "" : `?${query}`}`,
      );
    },
    [input],
  );
  const isFiltered =
    input.month !== undefined || input.modelId !== undefined || input.complexity !== undefined;
  return { input, isFiltered, change };
}

function readFilter(search: URLSearchParams): UsageHistoryInput {
  const { month, modelId, complexity, page } = usageHistoryInput.shape;
  const found = {
    page: page.safeParse(Number(search.get("page") ?? 1)).data ?? 1,
    month: month.safeParse(search.get("month") ?? undefined).data,
    modelId: modelId.safeParse(search.get("model") ?? undefined).data,
    complexity: complexity.safeParse(search.get("complexity") ?? undefined).data,
  };
  return { ...found, pageSize: PAGE_SIZE };
}

function writeFilter(filter: Partial<HistoryFilter>): string {
  const query = new URLSearchParams();
  if (filter.month !== undefined) query.set("month", filter.month);
  if (filter.modelId !== undefined) query.set("model", filter.modelId);
  if (filter.complexity !== undefined) query.set("complexity", filter.complexity);
  if (filter.page !== undefined && filter.page > 1) query.set("page", String(filter.page));
  return query.toString();
}
