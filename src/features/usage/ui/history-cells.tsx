"use client";

import { Tag, Tooltip } from "antd";
import { useFormatter, useTranslations } from "next-intl";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import { SavingText } from "@/components/saving-text.tsx";
import { formatVnd, formatVndExact } from "@/domain/money/format-vnd.ts";
import type { UsageLogView } from "../schema.ts";
import styles from "./usage.module.css";

type CellProps = { readonly log: UsageLogView };

export function TimeCell({ log }: CellProps) {
  const format = useFormatter();
  const instant = new Date(log.occurredAt);
  return (
    <time dateTime={log.occurredAt} className={styles["time"]}>
      {format.dateTime(instant, { day: "numeric", month: "short", year: "numeric" })}{" "}
      <span className={styles["faint"]}>
        {format.dateTime(instant, {
          hour: "2-digit",
          minute: "2-digit",
          second: "2-digit",
          hourCycle: "h23",
        })}
      </span>
    </time>
  );
}

const namedPurposes = ["title", "intent", "embedding", "image"] as const;

/** The model that served the call, and what the call was for where it was not the answer itself. */
export function ModelCell({ log }: CellProps) {
  const t = useTranslations("usage.history");
  const purpose = namedPurposes.find((name) => name === log.purpose);
  return (
    <span className={styles["model"]} title={log.servedModel ?? log.modelId}>
      {log.modelId}
      {purpose === undefined ? null : <Tag>{t(`purposes.${purpose}`)}</Tag>}
    </span>
  );
}

/** In the model's place: that this row corrects another one, and why. */
export function AdjustmentCell({ log }: CellProps) {
  const t = useTranslations("usage.history");
  const { reason } = log;
  return (
    <span className={styles["adjustment"]} data-testid="adjustment" data-reason={reason ?? "other"}>
      <span className={styles["model"]}>
        <Tag color={reason === "failed_answer" ? "success" : "default"}>
          {reason === null ? t("adjustment") : t(`adjustments.${reason}`)}
        </Tag>
        <span className={styles["faint"]}>{log.modelId}</span>
      </span>
      <span>{t(`adjustmentTexts.${reason ?? "other"}`)}</span>
    </span>
  );
}

/** Where a column says nothing about a correction. */
export function NotApplicable() {
  const t = useTranslations("usage.history");
  return (
    <span className={styles["faint"]}>
      <span aria-hidden>–</span>
      <span className="visually-hidden">{t("notApplicable")}</span>
    </span>
  );
}

export function ComplexityCell({ log }: CellProps) {
  const t = useTranslations("usage.history");
  const common = useTranslations("common.complexity");
  if (log.complexity === null)
    return <span className={styles["faint"]}>{t("unknownComplexity")}</span>;
  return (
    <span className={styles["complexity"]} data-complexity={log.complexity}>
      {common(log.complexity)}
    </span>
  );
}

/** All tokens of the call; how they divide up on hover or focus. `reasoning` is a part of `output`. */
export function TokensCell({ log }: CellProps) {
  const t = useTranslations("usage.history");
  const { freshInput, cachedInput, cacheWrite, output, reasoning } = log.tokens;
  const parts = [
    { name: t("freshInput"), count: freshInput },
    { name: t("cachedInput"), count: cachedInput },
    { name: t("cacheWrite"), count: cacheWrite },
    { name: t("output"), count: output },
    { name: t("reasoning"), count: reasoning },
  ];
  const list = (
    <dl className={styles["parts"]}>
      {parts.map(({ name, count }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <NumberText value={count} />
          </dd>
        </div>
      ))}
    </dl>
  );
  return (
    <Tooltip title={list}>
      <button type="button" className={styles["hover"]}>
        <NumberText value={freshInput + cachedInput + cacheWrite + output} />
      </button>
    </Tooltip>
  );
}

export function CostCell({ log }: CellProps) {
  const t = useTranslations("usage.history");
  return (
    <span className={styles["cost"]}>
      {log.source === "estimated" ? (
        <Tag title={t("estimatedHint")} data-testid="estimated">
          ≈ {t("estimated")}
        </Tag>
      ) : null}
      {log.kind === "adjustment" ? (
        <CorrectionText microVnd={log.costMicroVnd} />
      ) : (
        <MoneyText microVnd={log.costMicroVnd} testId="log-cost" />
      )}
    </span>
  );
}

const ONE_VND = 1_000_000n;

/** A correction's amount with its sign; below one đồng as it is, so that it never reads as zero. */
function CorrectionText({ microVnd }: { readonly microVnd: string }) {
  const t = useTranslations("common.money");
  const amount = BigInt(microVnd);
  const size = amount < 0n ? -amount : amount;
  const sign = amount < 0n ? "−" : amount > 0n ? "+" : "";
  return (
    <span
      className="money"
      data-testid="log-cost"
      data-micro-vnd={microVnd}
      title={t("exact", { amount: formatVndExact(amount) })}
    >
      {sign}
      {size < ONE_VND ? formatVndExact(size) : formatVnd(size)}
    </span>
  );
}

/** Against the usual model, on the same tokens; what cost more says so. */
export function SavingCell({ log }: CellProps) {
  return <SavingText microVnd={log.savedMicroVnd} testId="log-saved" />;
}
