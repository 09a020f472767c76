"use client";
import { Descriptions, Progress, Typography, type DescriptionsProps } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { MoneyText } from "@/components/money-text.tsx";
import { SavingText } from "@/components/saving-text.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { DecisionView, ReceiptView } from "../schema.ts";
import { CreditRule } from "./charge-note.tsx";
import styles from "./route.module.css";
import { expectedSaving, questionCategory, reasonCode } from "./route-words.ts";

type ModelName = (modelId: string) => string;

type RouteCardProps = {
  readonly decision: DecisionView | null;
  readonly receipt: ReceiptView;
  readonly modelName: ModelName;
};

type DecisionProps = { readonly decision: DecisionView; readonly modelName: ModelName };

function Reason({ decision, modelName }: DecisionProps) {
  const t = useTranslations("chat");
  const { replacedModelId } = decision;
  const chosen = modelName(replacedModelId ?? decision.modelId);
  const reason = t(`reason.${reasonCode(decision.reasonCode)}`, {
    model: chosen,
    label: t(`route.labels.${decision.label}`),
    category: t(`route.categories.${questionCategory(decision.category)}`),
    expected: formatVnd(BigInt(decision.expectedCostMicroVnd)),
  });
  const saving = expectedSaving(decision);
  return (
    <Typography.Paragraph data-testid="route-reason">
      {reason}{" "}
      {saving !== null &&
        t(`reason.${saving.kind}`, {
          amount: formatVnd(saving.amountMicroVnd),
          reference: modelName(saving.referenceModelId),
        })}{" "}
      {replacedModelId !== null &&
        t("answer.replaced", { chosen, served: modelName(decision.modelId) })}
    </Typography.Paragraph>
  );
}

/** All token classes on one line; those that did not occur are left out. */
function Tokens({ tokens }: { readonly tokens: ReceiptView["tokens"] }) {
  const t = useTranslations("chat.route");
  const shown = (
    ["freshInput", "cachedInput", "cacheWrite", "output", "reasoning"] as const
  ).filter((name) => name === "freshInput" || name === "output" || tokens[name] > 0);
  return shown
    .map((name) => t(`tokensOf.${name}`, { count: tokens[name].toLocaleString("vi-VN") }))
    .join(", ");
}

function Difficulty({ decision }: { readonly decision: DecisionView }) {
  const t = useTranslations("chat.route");
  const percent = Math.round(decision.score * 100);
  return (
    <span className={styles["difficulty"]} data-testid="route-difficulty" data-score={percent}>
      <span>{t(`labels.${decision.label}`)}</span>
      <Progress
        percent={percent}
        status="normal"
        showInfo={false}
        size="small"
        aria-label={t("difficultyOf", { score: percent })}
        className={styles["difficultyBar"] ?? ""}
      />
      <span className="money" aria-hidden>
        {percent}/100
      </span>
    </span>
  );
}

function useDecisionFacts(decision: DecisionView | null) {
  const t = useTranslations("chat.route");
  if (decision === null) return [];
  const { category, expectedCostMicroVnd } = decision;
  return [
    { key: "difficulty", label: t("difficulty"), children: <Difficulty decision={decision} /> },
    {
      key: "category",
      label: t("category"),
      children: t(`categories.${questionCategory(category)}`),
    },
    {
      key: "expected",
      label: t("expected"),
      children: <MoneyText microVnd={expectedCostMicroVnd} testId="route-expected" />,
    },
  ];
}

type Facts = NonNullable<DescriptionsProps["items"]>;

/** What was given back, and where more than one call or correction was booked, how many. */
function useBookingFacts({ creditedMicroVnd, usageLogIds }: ReceiptView): Facts {
  const t = useTranslations("chat");
  const facts: Facts = [];
  if (BigInt(creditedMicroVnd) > 0n) {
    const amount = <MoneyText microVnd={creditedMicroVnd} testId="route-credited" />;
    const children = (
      <span>
        {amount} <CreditRule />
      </span>
    );
    facts.push({ key: "credited", label: t("route.credited"), children });
  }
  const count = usageLogIds.length;
  if (count > 1) {
    const children = (
      <span data-testid="route-entries" data-count={count}>
        {t("route.entriesOf", { count })}{" "}
        <Link href="/usage" prefetch={false}>
          {t("route.seeHistory")}
        </Link>
      </span>
    );
    facts.push({ key: "entries", label: t("route.entries"), children });
  }
  return facts;
}

/** Why this model answered and what it cost: the decision before, the receipt after. */
export function RouteCard({ decision, receipt, modelName }: RouteCardProps) {
  const t = useTranslations("chat.route");
  const decisionFacts = useDecisionFacts(decision);
  const bookingFacts = useBookingFacts(receipt);
  const hasFailed = receipt.state === "failed";
  const usualId = decision?.referenceModelId ?? null;
  const referenceId = usualId === receipt.servedModelId ? null : usualId;
  const saved = {
    key: "saved",
    label: referenceId === null ? t("saved") : t("savedAgainst", { model: modelName(referenceId) }),
    children: <SavingText microVnd={receipt.savedMicroVnd} testId="route-saved" />,
  };
  const model = {
    key: "model",
    label: t(hasFailed ? "modelAsked" : "model"),
    children: modelName(receipt.servedModelId),
  };
  const facts: Facts = [
    ...(receipt.servedModelId === "" ? [] : [model]),
    ...decisionFacts,
    {
      key: "actual",
      label: t("actual"),
      children: <MoneyText microVnd={receipt.costMicroVnd} testId="route-actual" />,
    },
    ...bookingFacts,
    ...(hasFailed ? [] : [saved]),
    { key: "tokens", label: t("tokens"), children: <Tokens tokens={receipt.tokens} /> },
  ];
  return (
    <div className={styles["routeCard"]} data-testid="route-card">
      {decision !== null && <Reason decision={decision} modelName={modelName} />}
      <Descriptions size="small" column={1} items={facts} />
      {receipt.source === "estimated" && (
        <Typography.Text type="secondary">{t("estimatedNote")}</Typography.Text>
      )}
      {decision !== null && (
        <p className={styles["policyVersion"]} data-testid="route-policy">
          {t("policy", { version: decision.policyVersion })}
        </p>
      )}
    </div>
  );
}
