"use client";
import { keepPreviousData } from "@tanstack/react-query";
import { Collapse, InputNumber, Tag } from "antd";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import type { CostBreakdownInput } from "../schema.ts";
import { useDebounced } from "./use-debounced.ts";
import { WhatIfBars } from "./what-if-bars.tsx";
import { WhatIfTable } from "./what-if-table.tsx";
import styles from "./what-if.module.css";

const DEBOUNCE_MS = 400;
const QUESTIONS_MAX = 100_000;
const labels = ["simple", "medium", "complex"] as const;
/** About eight questions a day, most of them easy. */
const usualMonth: CostBreakdownInput = { simple: 150, medium: 70, complex: 20 };

function QuestionFields(props: {
  readonly value: CostBreakdownInput;
  readonly onChange: (value: CostBreakdownInput) => void;
}) {
  const t = useTranslations("usage.whatIf");
  const id = useId();
  return (
    <div className={styles["fields"]}>
      {labels.map((label) => (
        <div key={label} className={styles["field"]}>
          <label htmlFor={`${id}-${label}`}>{t(`fields.${label}`)}</label>
          <InputNumber<number>
            id={`${id}-${label}`}
            min={0}
            max={QUESTIONS_MAX}
            precision={0}
            inputMode="numeric"
            value={props.value[label]}
            data-testid={`what-if-${label}`}
            style={{ width: "100%" }}
            onChange={(count) => props.onChange({ ...props.value, [label]: count ?? 0 })}
          />
        </div>
      ))}
    </div>
  );
}

/** So many questions a month: what each plan would make of them, as bars and as a table. */
export function WhatIfPanel() {
  const t = useTranslations("usage.whatIf");
  const [month, setMonth] = useState(usualMonth);
  const asked = useDebounced(month, DEBOUNCE_MS);
  const query = api.costOptimization.calculateCostBreakdown.useQuery(asked, {
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const { data, isPlaceholderData } = query;
  const isFresh = data !== undefined && !isPlaceholderData && asked === month;
  const isDemo = data?.plans.some((plan) => plan.isDemo) === true;
  return (
    <Sheet title={t("title")} extra={isDemo ? <Tag>{t("demo")}</Tag> : null}>
      <p className={styles["lead"]}>{t("lead")}</p>
      <QuestionFields value={month} onChange={setMonth} />
      <QueryPlaceholder query={query} failed={t("unavailable")} rows={6} />
      {data === undefined ? null : (
        <div data-testid="what-if" data-fresh={isFresh}>
          <WhatIfBars breakdown={data} questions={asked} />
          <Collapse
            ghost
            size="small"
            items={[
              {
                key: "table",
                label: <span data-testid="what-if-open-table">{t("showTable")}</span>,
                children: <WhatIfTable breakdown={data} />,
              },
            ]}
          />
          <p className={styles["note"]}>{t("note")}</p>
        </div>
      )}
    </Sheet>
  );
}
