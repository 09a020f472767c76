"use client";
import { Descriptions, Typography } from "antd";
import { useTranslations } from "next-intl";
import { formatVnd, formatVndExact } from "@/domain/money/format-vnd.ts";
import type { DecisionView, ReceiptView } from "../schema.ts";
import { reasonCode, questionCategory } from "./route-words.ts";

type RouteCardProps = {
  readonly decision: DecisionView | null;
  readonly receipt: ReceiptView;
  readonly modelName: (modelId: string) => string;
};

function Money({ microVnd }: { readonly microVnd: string }) {
  const amount = BigInt(microVnd);
  return <span title={formatVndExact(amount)}>{formatVnd(amount)}</span>;
}

function Saved({ microVnd }: { readonly microVnd: string }) {
  const t = useTranslations("chat.route");
  const saved = BigInt(microVnd);
  if (saved === 0n) return t("savedNothing");
  const cost = formatVnd(saved < 0n ? -saved : saved);
  return (
    <Typography.Text type={saved < 0n ? "warning" : "success"} title={formatVndExact(saved)}>
      {t(saved < 0n ? "extraAmount" : "savedAmount", { cost })}
    </Typography.Text>
  );
}

function Reason({
  decision,
  modelName,
}: {
  decision: DecisionView;
  modelName: RouteCardProps["modelName"];
}) {
  const t = useTranslations("chat");
  return (
    <Typography.Paragraph>
      {t(`reason.${reasonCode(decision.reasonCode)}`, {
        model: modelName(decision.modelId),
        label: t(`route.labels.${decision.label}`),
        category: t(`route.categories.${questionCategory(decision.category)}`),
        expected: formatVnd(BigInt(decision.expectedCostMicroVnd)),
      })}
    </Typography.Paragraph>
  );
}

function Tokens({ tokens }: { readonly tokens: ReceiptView["tokens"] }) {
  const t = useTranslations("chat.route");
  const rows = (["freshInput", "cachedInput", "cacheWrite", "output", "reasoning"] as const).filter(
    (name) => name === "freshInput" || name === "output" || tokens[name] > 0,
  );
  return (
    <Descriptions
      size="small"
      column={1}
      title={<Typography.Text strong>{t("tokens")}</Typography.Text>}
      styles={{ header: { marginBlock: "12px 4px" } }}
      items={rows.map((name) => ({
        key: name,
        label: t(name),
        children: tokens[name].toLocaleString("vi-VN"),
      }))}
    />
  );
}

function useDecisionFacts(decision: DecisionView | null) {
  const t = useTranslations("chat.route");
  if (decision === null) return [];
  const { label, category, expectedCostMicroVnd } = decision;
  return [
    { key: "difficulty", label: t("difficulty"), children: t(`labels.${label}`) },
    {
      key: "category",
      label: t("category"),
      children: t(`categories.${questionCategory(category)}`),
    },
    { key: "expected", label: t("expected"), children: <Money microVnd={expectedCostMicroVnd} /> },
  ];
}

/** Why this model answered and what it cost: the decision before, the receipt after. */
export function RouteCard({ decision, receipt, modelName }: RouteCardProps) {
  const t = useTranslations("chat.route");
  const decisionFacts = useDecisionFacts(decision);
  const facts = [
    { key: "model", label: t("model"), children: modelName(receipt.servedModelId) },
    ...decisionFacts,
    { key: "actual", label: t("actual"), children: <Money microVnd={receipt.costMicroVnd} /> },
    { key: "saved", label: t("saved"), children: <Saved microVnd={receipt.savedMicroVnd} /> },
  ];
  return (
    <div style={{ width: "min(340px, calc(100vw - 64px))" }} data-testid="route-card">
      {decision !== null && <Reason decision={decision} modelName={modelName} />}
      <Descriptions size="small" column={1} items={facts} />
      <Tokens tokens={receipt.tokens} />
      {receipt.source === "estimated" && (
        <Typography.Text type="secondary">{t("estimatedNote")}</Typography.Text>
      )}
    </div>
  );
}
