"use client";
import { Table, type TableColumnsType } from "antd";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { api } from "@/api/client.ts";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import type { CostBreakdown, ModelChoiceView } from "../schema.ts";
import { DemoTag } from "./demo-tag.tsx";
import styles from "./what-if.module.css";

type Row = CostBreakdown["plans"][number]["lines"][number] & {
  readonly key: string;
  readonly planName: string;
  readonly isFirst: boolean;
};

const linesPerPlan = 3;
const noModels: readonly ModelChoiceView[] = [];

function useRows({ plans }: CostBreakdown): Row[] {
  const planName = usePlanName();
  return plans.flatMap((plan) =>
    plan.lines.map((line, index) => ({
      ...line,
      key: `${plan.planId}-${line.label}`,
      planName: planName(plan.name),
      isFirst: index === 0,
    })),
  );
}

function useModelCell() {
  const t = useTranslations("usage.whatIf");
  const { data: models = noModels } = api.chat.listModels.useQuery(undefined, {
    staleTime: 60_000,
  });
  const byId = useMemo(() => new Map(models.map((model) => [model.id, model])), [models]);
  return ({ modelId }: Row) => {
    if (modelId === null) return t("nobody");
    const model = byId.get(modelId);
    return (
      <>
        {model?.name ?? modelId} <DemoTag model={model} />
      </>
    );
  };
}

/** Who answers what on each plan, per answer and in all. */
export function WhatIfTable({ breakdown }: { readonly breakdown: CostBreakdown }) {
  const t = useTranslations("usage.whatIf");
  const complexity = useTranslations("common.complexity");
  const rows = useRows(breakdown);
  const modelCell = useModelCell();
  const columns: TableColumnsType<Row> = [
    {
      key: "plan",
      title: t("columns.plan"),
      render: (_, row) => row.planName,
      onCell: (row) => ({ rowSpan: row.isFirst ? linesPerPlan : 0 }),
    },
    {
      key: "label",
      title: t("columns.difficulty"),
      render: (_, row) => complexity(row.label),
    },
    { key: "model", title: t("columns.model"), render: (_, row) => modelCell(row) },
    {
      key: "questions",
      title: t("columns.questions"),
      align: "right",
      render: (_, row) => <NumberText value={row.questions} />,
    },
    {
      key: "each",
      title: t("columns.each"),
      align: "right",
      render: (_, { costPerAnswerMicroVnd: cost }) =>
        cost === null ? "–" : <MoneyText microVnd={cost} />,
    },
    {
      key: "total",
      title: t("columns.total"),
      align: "right",
      render: (_, { totalMicroVnd: total }) =>
        total === null ? "–" : <MoneyText microVnd={total} />,
    },
  ];
  return (
    // Reachable by keyboard where it is wider than the screen.
    <div role="region" tabIndex={0} aria-label={t("caption")} className={styles["tableScroll"]}>
      <Table<Row>
        aria-label={t("caption")}
        size="small"
        columns={columns}
        dataSource={rows}
        pagination={false}
        data-testid="what-if-table"
      />
    </div>
  );
}
