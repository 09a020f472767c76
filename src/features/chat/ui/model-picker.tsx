"use client";
import { DownOutlined, ThunderboltOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { useTranslations } from "next-intl";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { DecisionView, ModelChoiceView } from "../schema.ts";
import styles from "./chat.module.css";
import { DemoTag } from "./demo-tag.tsx";
import { AUTO_MODEL, type ModelSelection } from "./use-model-choice.ts";

type ModelPickerProps = {
  readonly selection: ModelSelection;
  /** The model that served the last answer on screen. */
  readonly servedModelId: string | null;
  /** What the draft would get now; null while there is none. */
  readonly expected: DecisionView | null;
};

/** The hint under Auto: who would answer the draft, where that is known. */
function useAutoHint({ selection, expected }: ModelPickerProps): string {
  const t = useTranslations("chat.model");
  if (expected === null || selection.modelId !== AUTO_MODEL) return t("autoHint");
  return t("autoExpected", {
    model: selection.modelById.get(expected.modelId)?.name ?? expected.modelId,
    cost: formatVnd(BigInt(expected.expectedCostMicroVnd)),
  });
}

function useModelItems(
  models: readonly ModelChoiceView[],
  autoHint: string,
): NonNullable<MenuProps["items"]> {
  const t = useTranslations("chat.model");
  const auto = {
    key: AUTO_MODEL,
    icon: <ThunderboltOutlined />,
    label: (
      <>
        {t("auto")}
        <small className={styles["modelHint"]}>{autoHint}</small>
      </>
    ),
  };
  // Those the plan allows first; the order within is the server's.
  const ordered = [...models].sort((one, other) => Number(other.isAllowed) - Number(one.isAllowed));
  const items = ordered.map((model) => ({
    key: model.id,
    disabled: !model.isAllowed,
    label: (
      <>
        {model.name} <DemoTag model={model} />
        <small className={styles["modelHint"]}>
          {model.isAllowed ? t(model.tier) : t("notAllowed")}
        </small>
      </>
    ),
  }));
  return items.length === 0 ? [auto] : [auto, { type: "divider" }, ...items];
}

/**
 * Who answers the next message: Auto, or a model picked by hand. Beside Auto stands whom it would
 * ask for the draft, and without one who answered last.
 */
export function ModelPicker(props: ModelPickerProps) {
  const t = useTranslations("chat.model");
  const { modelId, modelById, select } = props.selection;
  const items = useModelItems(props.selection.models, useAutoHint(props));
  const namedId = props.expected?.modelId ?? props.servedModelId;
  const served = namedId === null ? null : (modelById.get(namedId)?.name ?? namedId);
  const autoText = served === null ? t("auto") : t("autoServed", { model: served });
  const text = modelId === AUTO_MODEL ? autoText : (modelById.get(modelId)?.name ?? modelId);
  return (
    <Dropdown
      trigger={["click"]}
      placement="topLeft"
      menu={{
        items,
        selectable: true,
        selectedKeys: [modelId],
        onClick: ({ key }) => select(key),
        style: { maxHeight: "50vh", overflowY: "auto" },
      }}
    >
      <Button
        type="text"
        className={styles["modelPicker"] ?? ""}
        aria-label={`${t("label")}: ${text}`}
        data-testid="model-picker"
        data-model-id={modelId}
      >
        <ThunderboltOutlined aria-hidden />
        <span className={styles["modelPickerText"]}>{text}</span>
        <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}
