"use client";
import {
  CheckOutlined,
  CopyOutlined,
  ForwardOutlined,
  LeftOutlined,
  ReloadOutlined,
  RightOutlined,
  RiseOutlined,
} from "@ant-design/icons";
import { Button, Popover, Tooltip } from "antd";
import { useTranslations } from "next-intl";
import { useCopy } from "@/components/use-copy.ts";
import { formatVnd, formatVndExact } from "@/domain/money/format-vnd.ts";
import type { ReceiptView } from "../schema.ts";
import type { ThreadAnswer } from "./build-thread.ts";
import styles from "./chat.module.css";
import { DemoTag } from "./demo-tag.tsx";
import { modelLabel, type ModelNames } from "./model-names.ts";
import { overlayContainer } from "./overlay-container.ts";
import { RouteCard } from "./route-card.tsx";

export type VersionPlace = {
  readonly index: number;
  readonly count: number;
  readonly show: (index: number) => void;
};

type AnswerFooterProps = {
  readonly answer: ThreadAnswer;
  readonly modelById: ModelNames;
  readonly place: VersionPlace;
  readonly canAct: boolean;
  /** `modelId` null: whom the next message would ask. */
  readonly onRetry: (modelId: string | null) => void;
  readonly onContinue: () => void;
};

function CostChip({
  answer,
  receipt,
  modelById,
}: Pick<AnswerFooterProps, "answer" | "modelById"> & { receipt: ReceiptView }) {
  const t = useTranslations("chat");
  const amount = BigInt(receipt.costMicroVnd);
  const cost = formatVnd(amount);
  const text = receipt.source === "estimated" && amount > 0n ? t("cost.estimated", { cost }) : cost;
  const modelName = (modelId: string): string => modelLabel(modelById, modelId);
  return (
    <Popover
      trigger="click"
      getPopupContainer={overlayContainer}
      title={t("route.title")}
      content={<RouteCard decision={answer.decision} receipt={receipt} modelName={modelName} />}
    >
      <Button
        size="small"
        className={styles["costChip"] ?? ""}
        data-testid="answer-cost"
        data-cost-micro-vnd={receipt.costMicroVnd}
        title={t("cost.title", { cost: formatVndExact(amount) })}
        aria-label={t("cost.open", { cost: text })}
      >
        {text}
      </Button>
    </Popover>
  );
}

type ModelBadgeProps = { readonly modelId: string; readonly modelById: ModelNames };

function ModelBadge({ modelId, modelById }: ModelBadgeProps) {
  const model = modelById.get(modelId);
  return (
    <span
      className={styles["modelBadge"]}
      data-testid="model-badge"
      data-model-id={modelId}
      data-demo={model?.isDemo === true}
      title={modelId}
    >
      {modelLabel(modelById, modelId)}
      <DemoTag model={model} />
    </span>
  );
}

function VersionSwitch({ index, count, show }: VersionPlace) {
  const t = useTranslations("chat.answer");
  if (count < 2) return null;
  return (
    <span role="group" aria-label={t("versions")} className={styles["versions"]}>
      <Button
        size="small"
        type="text"
        icon={<LeftOutlined />}
        aria-label={t("previousVersion")}
        disabled={index === 0}
        onClick={() => show(index - 1)}
      />
      <span aria-label={t("version", { index: index + 1, count })}>
        {index + 1}/{count}
      </span>
      <Button
        size="small"
        type="text"
        icon={<RightOutlined />}
        aria-label={t("nextVersion")}
        disabled={index === count - 1}
        onClick={() => show(index + 1)}
      />
    </span>
  );
}

function CopyAnswer({ text }: { readonly text: string }) {
  const t = useTranslations("chat.answer");
  const { isCopied, copy } = useCopy();
  const label = isCopied ? t("copied") : t("copy");
  return (
    <Tooltip title={label}>
      <Button
        size="small"
        type="text"
        icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={label}
        onClick={() => copy(text)}
      />
    </Tooltip>
  );
}

function isEnded({ state }: ThreadAnswer): boolean {
  return state === "complete" || state === "interrupted";
}

/** One tap for a better answer, with what it is expected to cost on top. */
function StrongerButton({
  answer,
  modelById,
  onRetry,
}: Pick<AnswerFooterProps, "answer" | "modelById" | "onRetry">) {
  const t = useTranslations("chat.answer");
  const stronger = answer.decision?.stronger ?? null;
  if (stronger === null) return null;
  const cost = formatVnd(BigInt(stronger.expectedCostMicroVnd));
  return (
    <Tooltip title={t("strongerHint", { model: modelLabel(modelById, stronger.modelId), cost })}>
      <Button
        size="small"
        icon={<RiseOutlined aria-hidden />}
        data-testid="stronger-button"
        data-model-id={stronger.modelId}
        data-cost-micro-vnd={stronger.expectedCostMicroVnd}
        onClick={() => onRetry(stronger.modelId)}
      >
        {t("stronger", { cost })}
      </Button>
    </Tooltip>
  );
}

/** A turn that was given up before any call has an empty one in its receipt. */
function servingModelId({ receipt, decision }: ThreadAnswer): string | null {
  const modelId = receipt?.servedModelId ?? decision?.modelId ?? "";
  return modelId === "" ? null : modelId;
}

function canContinue(answer: ThreadAnswer): boolean {
  if (answer.text === "") return false;
  return (
    answer.state === "interrupted" ||
    (answer.state === "complete" && answer.finishReason === "length")
  );
}

/**
 * Under an answer: the model that served, its cost with the reason behind it, versions, copy, ask
 * again, continue.
 */
export function AnswerFooter(props: AnswerFooterProps) {
  const { answer, modelById, place, canAct } = props;
  const t = useTranslations("chat.answer");
  const modelId = servingModelId(answer);
  return (
    <div className={styles["answerFooter"]}>
      {modelId !== null && <ModelBadge modelId={modelId} modelById={modelById} />}
      {answer.receipt !== null && (
        <CostChip answer={answer} receipt={answer.receipt} modelById={modelById} />
      )}
      <VersionSwitch {...place} />
      {answer.text !== "" && canAct && <CopyAnswer text={answer.text} />}
      {canAct && isEnded(answer) && (
        <Tooltip title={t("retry")}>
          <Button
            size="small"
            type="text"
            icon={<ReloadOutlined />}
            aria-label={t("retry")}
            data-testid="retry-button"
            onClick={() => props.onRetry(null)}
          />
        </Tooltip>
      )}
      {canAct && isEnded(answer) && <StrongerButton {...props} />}
      {canAct && canContinue(answer) && (
        <Button
          size="small"
          icon={<ForwardOutlined />}
          data-testid="continue-button"
          onClick={props.onContinue}
        >
          {t("continue")}
        </Button>
      )}
    </div>
  );
}
