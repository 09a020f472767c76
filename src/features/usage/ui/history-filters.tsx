"use client";

import { Button, Flex, Select } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { addMonths, monthOf } from "@/domain/time/vietnam-time.ts";
import type { UsageHistoryInput } from "../schema.ts";
import type { HistoryFilter } from "./use-history-filter.ts";

const MONTHS_OFFERED = 13;
const complexities = ["simple", "medium", "complex"] as const;

type HistoryFiltersProps = {
  readonly input: UsageHistoryInput;
  readonly modelIds: readonly string[];
  readonly isFiltered: boolean;
  readonly onChange: (change: Partial<HistoryFilter>) => void;
};

function lastMonths(now: Date): string[] {
  return Array.from({ length: MONTHS_OFFERED }, (_, index) => monthOf(addMonths(now, -index)));
}

/** What the address names stays on offer, even when the list does not have it. */
function withCurrent(offered: readonly string[], current: string | undefined): readonly string[] {
  return current === undefined || offered.includes(current) ? offered : [current, ...offered];
}

export function HistoryFilters({ input, modelIds, isFiltered, onChange }: HistoryFiltersProps) {
  const t = useTranslations("usage.history");
  const common = useTranslations("common.complexity");
  const [months] = useState(() => lastMonths(new Date()));
  return (
    <Flex wrap gap={8} role="group" aria-label={t("filters")}>
      <Select
        aria-label={t("month")}
        style={{ minWidth: 130 }}
        allowClear
        placeholder={t("allMonths")}
        value={input.month ?? null}
        onChange={(month: string | null) => onChange({ month: month ?? undefined })}
        options={withCurrent(months, input.month).map((month) => ({
          value: month,
          label: month.split("-").toReversed().join("/"),
        }))}
      />
      <Select
        aria-label={t("model")}
        style={{ minWidth: 190 }}
        allowClear
        showSearch
        placeholder={t("allModels")}
        value={input.modelId ?? null}
        onChange={(modelId: string | null) => onChange({ modelId: modelId ?? undefined })}
        options={withCurrent(modelIds, input.modelId).map((modelId) => ({
          value: modelId,
          label: modelId,
        }))}
      />
      <Select
        aria-label={t("complexity")}
        style={{ minWidth: 140 }}
        allowClear
        placeholder={t("allComplexities")}
        value={input.complexity ?? null}
        onChange={(complexity: UsageHistoryInput["complexity"] | null) =>
          onChange({ complexity: complexity ?? undefined })
        }
        options={complexities.map((complexity) => ({
          value: complexity,
          label: common(complexity),
        }))}
      />
      {isFiltered ? (
        <Button
          type="link"
          onClick={() => onChange({ month: undefined, modelId: undefined, complexity: undefined })}
        >
          {t("clear")}
        </Button>
      ) : null}
    </Flex>
  );
}
