"use client";
import { InfoCircleOutlined } from "@ant-design/icons";
import { useTranslations } from "next-intl";
import { formatVnd, formatVndExact } from "@/domain/money/format-vnd.ts";
import type { DecisionView } from "../schema.ts";
import { DraftRefusal, type DraftActions } from "./draft-refusal.tsx";
import { refusalTitleKey } from "./failure-text.ts";
import type { ModelNames } from "./model-names.ts";
import styles from "./route.module.css";
import { about } from "./route-words.ts";
import { useDebounced } from "./use-debounced.ts";
import type { DraftPreview } from "./use-route-preview.ts";

/** Names the strip to the box it is about, so that it is read out with it. */
export const DRAFT_PREVIEW_ID = "draft-preview";

const SPOKEN_AFTER_MS = 1_200;

type StripProps = {
  readonly draft: DraftPreview;
  readonly modelById: ModelNames;
  readonly actions: DraftActions;
};

function Line(props: {
  readonly isStronger: boolean;
  readonly model: string;
  readonly costMicroVnd: string;
  readonly answersLeft: number | null;
}) {
  const t = useTranslations("chat.preview");
  const cost = BigInt(props.costMicroVnd);
  const count = props.answersLeft === null ? null : about(props.answersLeft);
  return (
    <p className={styles["previewLine"]}>
      {props.isStronger && <span>{t("stronger")}</span>}
      <span className={styles["previewModel"]}>{props.model}</span>
      <span title={formatVndExact(cost)} className="money">
        {t("cost", { cost: formatVnd(cost) })}
      </span>
      {count !== null && (
        <>
          <span aria-hidden>·</span>
          <span className={styles["wideOnly"]}>{t("answersLeft", count)}</span>
          <span className={styles["narrowOnly"]}>
            {t(props.isStronger ? "strongerLeftShort" : "answersLeftShort", count)}
          </span>
        </>
      )}
    </p>
  );
}

function Plan({ decision, modelById }: { decision: DecisionView; modelById: ModelNames }) {
  const nameOf = (modelId: string): string => modelById.get(modelId)?.name ?? modelId;
  const { stronger } = decision;
  return (
    <>
      <Line
        isStronger={false}
        model={nameOf(decision.modelId)}
        costMicroVnd={decision.expectedCostMicroVnd}
        answersLeft={decision.answersLeft}
      />
      {stronger !== null && (
        <Line
          isStronger
          model={nameOf(stronger.modelId)}
          costMicroVnd={stronger.expectedCostMicroVnd}
          answersLeft={decision.strongerAnswersLeft}
        />
      )}
    </>
  );
}

/** Says who would answer once that stands still, and again only when it is somebody else. */
function Spoken({ draft, modelById }: Pick<StripProps, "draft" | "modelById">) {
  const t = useTranslations("chat.preview");
  let text = "";
  if (draft.state === "known") {
    const { preview } = draft;
    text =
      preview.kind === "plan"
        ? t("spoken", {
            model: modelById.get(preview.decision.modelId)?.name ?? preview.decision.modelId,
          })
        : t(`refused.${refusalTitleKey(preview.refusal)}`);
  }
  const spoken = useDebounced(text, SPOKEN_AFTER_MS);
  return (
    <span role="status" aria-live="polite" className="visually-hidden">
      {spoken}
    </span>
  );
}

function attributesOf(draft: DraftPreview): Record<string, string> {
  if (draft.state !== "known") return { "data-kind": draft.state };
  const { preview, isFresh } = draft;
  if (preview.kind === "refused") {
    return {
      "data-kind": "refused",
      "data-fresh": String(isFresh),
      "data-code": preview.refusal.code,
    };
  }
  const { decision } = preview;
  return {
    "data-kind": "plan",
    "data-fresh": String(isFresh),
    "data-model-id": decision.modelId,
    "data-cost-micro-vnd": decision.expectedCostMicroVnd,
    "data-answers-left": String(decision.answersLeft),
    "data-stronger-model-id": decision.stronger?.modelId ?? "",
  };
}

function Content({ draft, modelById, actions }: StripProps) {
  const t = useTranslations("chat.preview");
  switch (draft.state) {
    case "idle":
      return (
        <p className={styles["previewLine"]}>
          <span className={styles["keysHint"]}>{t("keysHint")}</span>
          <span className={styles["touchHint"]}>{t("touchHint")}</span>
        </p>
      );
    case "waiting":
      return <p className={styles["previewLine"]}>{t("waiting")}</p>;
    case "failed":
      return (
        <p className={styles["previewLine"]}>
          <InfoCircleOutlined aria-hidden /> {t("failed")}
        </p>
      );
    case "known":
      return draft.preview.kind === "plan" ? (
        <Plan decision={draft.preview.decision} modelById={modelById} />
      ) : (
        <DraftRefusal refusal={draft.preview.refusal} actions={actions} />
      );
  }
}

/**
 * Under the box: who would answer the draft, for how much, and how many more such answers the budget
 * holds; or why it would be refused. Always two lines high, so that nothing moves while one types.
 */
export function DraftPreviewStrip(props: StripProps) {
  return (
    <>
      <div
        id={DRAFT_PREVIEW_ID}
        className={styles["preview"]}
        data-testid="draft-preview"
        {...attributesOf(props.draft)}
      >
        <Content {...props} />
      </div>
      <Spoken draft={props.draft} modelById={props.modelById} />
    </>
  );
}
