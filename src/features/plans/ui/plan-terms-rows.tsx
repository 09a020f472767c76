"use client";

import { Button, Grid, Table, type TableColumnsType } from "antd";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import type { PlanTermsView } from "../schema.ts";
import { MarginCell, SaleTag, usePlanTitle } from "./plan-terms-cells.tsx";
import { percentOf } from "./plan-terms-values.ts";
import styles from "./plan-terms.module.css";

type PlanTermsRowsProps = {
  readonly plans: readonly PlanTermsView[];
  readonly editedId: string | null;
  readonly onEdit: (planId: string) => void;
  /** The form of the plan that is edited, shown under its row. */
  readonly form: (plan: PlanTermsView) => ReactNode;
};

/** A table where there is room for one, else a list of cards with the same content. */
export function PlanTermsRows(props: PlanTermsRowsProps) {
  const { lg } = Grid.useBreakpoint();
  return lg === false ? <PlanTermsCards {...props} /> : <PlanTermsTable {...props} />;
}

function rowAttributes(plan: PlanTermsView) {
  const attributes = {
    id: `terms-of-${plan.planId}`,
    "data-testid": "plan-terms",
    "data-plan-id": plan.planId,
  };
  return attributes;
}

function EditButton({
  plan,
  onEdit,
}: Pick<PlanTermsRowsProps, "onEdit"> & { plan: PlanTermsView }) {
  const t = useTranslations("finance.plans");
  const titleOf = usePlanTitle();
  if (plan.billing === "none") return null;
  return (
    <Button
      size="small"
      aria-label={t("editTitle", { plan: titleOf(plan) })}
      data-testid="plan-edit"
      onClick={() => onEdit(plan.planId)}
    >
      {t("edit")}
    </Button>
  );
}

function PlanTermsTable({ plans, editedId, onEdit, form }: PlanTermsRowsProps) {
  const t = useTranslations("finance.plans");
  const titleOf = usePlanTitle();
  const columns: TableColumnsType<PlanTermsView> = [
    { key: "plan", title: t("plan"), render: (_, plan) => <b>{titleOf(plan)}</b> },
    {
      key: "price",
      title: t("price"),
      align: "right",
      render: (_, plan) => <MoneyText microVnd={plan.priceMicroVnd} testId="plan-price" />,
    },
    {
      key: "ratio",
      title: <span title={t("ratioHint")}>{t("ratio")}</span>,
      align: "right",
      render: (_, plan) => <RatioText plan={plan} />,
    },
    {
      key: "limit",
      title: t("cycleLimit"),
      align: "right",
      render: (_, plan) => <MoneyText microVnd={plan.cycleLimitMicroVnd} testId="plan-limit" />,
    },
    {
      key: "margin",
      title: <span title={t("marginHint")}>{t("margin")}</span>,
      align: "right",
      render: (_, plan) => <MarginCell plan={plan} />,
    },
    {
      key: "subscribers",
      title: t("subscribers"),
      align: "right",
      render: (_, plan) => <NumberText value={plan.subscribers} />,
    },
    { key: "state", title: t("state"), render: (_, plan) => <SaleTag plan={plan} /> },
    {
      key: "edit",
      title: <span className="visually-hidden">{t("edit")}</span>,
      render: (_, plan) => <EditButton plan={plan} onEdit={onEdit} />,
    },
  ];
  return (
    <Table<PlanTermsView>
      aria-label={t("title")}
      rowKey="planId"
      size="middle"
      columns={columns}
      dataSource={[...plans]}
      pagination={false}
      onRow={rowAttributes}
      expandable={{
        showExpandColumn: false,
        expandedRowKeys: editedId === null ? [] : [editedId],
        expandedRowRender: (plan) => form(plan),
      }}
    />
  );
}

function PlanTermsCards({ plans, editedId, onEdit, form }: PlanTermsRowsProps) {
  const t = useTranslations("finance.plans");
  const titleOf = usePlanTitle();
  return (
    <ul className={styles["cards"]} aria-label={t("title")}>
      {plans.map((plan) => (
        <li key={plan.planId} className={styles["card"]} {...rowAttributes(plan)}>
          <div className={styles["cardHead"]}>
            <b>{titleOf(plan)}</b>
            <SaleTag plan={plan} />
            <EditButton plan={plan} onEdit={onEdit} />
          </div>
          <dl className={styles["cardFacts"]}>
            <dt>{t("price")}</dt>
            <dd>
              <MoneyText microVnd={plan.priceMicroVnd} testId="plan-price" />
            </dd>
            <dt>{t("ratio")}</dt>
            <dd>
              <RatioText plan={plan} />
            </dd>
            <dt>{t("cycleLimit")}</dt>
            <dd>
              <MoneyText microVnd={plan.cycleLimitMicroVnd} testId="plan-limit" />
            </dd>
            <dt>{t("margin")}</dt>
            <dd>
              <MarginCell plan={plan} />
            </dd>
            <dt>{t("subscribers")}</dt>
            <dd>
              <NumberText value={plan.subscribers} />
            </dd>
          </dl>
          {editedId === plan.planId ? form(plan) : null}
        </li>
      ))}
    </ul>
  );
}

/** The free plan's budget is a fixed amount: no part of a price. */
function RatioText({ plan }: { readonly plan: PlanTermsView }) {
  if (plan.billing === "none") return <span className={styles["faint"]}>–</span>;
  return <span className="money">{percentOf(plan.budgetRatioBp)} %</span>;
}
