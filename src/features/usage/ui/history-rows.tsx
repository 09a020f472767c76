"use client";

import { Grid, Table, type TableColumnsType } from "antd";
import { useTranslations } from "next-intl";
import type { UsageLogView } from "../schema.ts";
import {
  AdjustmentCell,
  ComplexityCell,
  CostCell,
  ModelCell,
  NotApplicable,
  SavingCell,
  TimeCell,
  TokensCell,
} from "./history-cells.tsx";
import styles from "./usage.module.css";

type HistoryRowsProps = { readonly rows: readonly UsageLogView[]; readonly isUpdating: boolean };

/** A table where there is room for one, else a list of cards with the same content. */
export function HistoryRows({ rows, isUpdating }: HistoryRowsProps) {
  const { md } = Grid.useBreakpoint();
  return md === false ? (
    <HistoryCards rows={rows} />
  ) : (
    <HistoryTable rows={rows} isUpdating={isUpdating} />
  );
}

const isAdjustment = (log: UsageLogView) => log.kind === "adjustment";

function rowAttributes(log: UsageLogView) {
  const attributes = {
    id: `log-${log.id}`,
    "data-log-id": log.id,
    "data-turn-id": log.turnId ?? "",
    "data-kind": log.kind,
  };
  return attributes;
}

type LogProps = { readonly log: UsageLogView };

function SubjectCell({ log }: LogProps) {
  return isAdjustment(log) ? <AdjustmentCell log={log} /> : <ModelCell log={log} />;
}

function HistoryTable({ rows, isUpdating }: HistoryRowsProps) {
  const t = useTranslations("usage.history");
  const columns: TableColumnsType<UsageLogView> = [
    { key: "time", title: t("time"), render: (_, log) => <TimeCell log={log} /> },
    { key: "model", title: t("model"), render: (_, log) => <SubjectCell log={log} /> },
    {
      key: "complexity",
      title: t("complexity"),
      render: (_, log) => (isAdjustment(log) ? <NotApplicable /> : <ComplexityCell log={log} />),
    },
    {
      key: "tokens",
      title: t("tokens"),
      align: "right",
      render: (_, log) => (isAdjustment(log) ? <NotApplicable /> : <TokensCell log={log} />),
    },
    { key: "cost", title: t("cost"), align: "right", render: (_, log) => <CostCell log={log} /> },
    {
      key: "saved",
      title: <span title={t("savedHint")}>{t("saved")}</span>,
      align: "right",
      render: (_, log) => (isAdjustment(log) ? <NotApplicable /> : <SavingCell log={log} />),
    },
  ];
  return (
    <Table<UsageLogView>
      aria-label={t("caption")}
      rowKey="id"
      size="middle"
      columns={columns}
      dataSource={[...rows]}
      loading={isUpdating}
      pagination={false}
      onRow={rowAttributes}
    />
  );
}

function HistoryCards({ rows }: { readonly rows: readonly UsageLogView[] }) {
  const t = useTranslations("usage.history");
  return (
    <ul className={styles["cards"]} aria-label={t("caption")}>
      {rows.map((log) => (
        <li key={log.id} className={styles["card"]} {...rowAttributes(log)}>
          <SubjectCell log={log} />
          <CostCell log={log} />
          <TimeCell log={log} />
          {isAdjustment(log) ? null : <CallCells log={log} />}
        </li>
      ))}
    </ul>
  );
}

/** What only a call has, for a card. */
function CallCells({ log }: LogProps) {
  const t = useTranslations("usage.history");
  return (
    <>
      <span>
        <TokensCell log={log} /> {t("tokens").toLocaleLowerCase("vi")}
      </span>
      <ComplexityCell log={log} />
      <SavingCell log={log} />
    </>
  );
}
