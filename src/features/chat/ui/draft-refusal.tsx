"use client";
import { WarningOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { useTranslations } from "next-intl";
import { useErrorText } from "@/i18n/use-error-text.ts";
import type { RefusalView } from "../schema.ts";
import { failureDetails, failureSteps, refusalTitleKey, type FailureStep } from "./failure-text.ts";
import { overlayContainer } from "./overlay-container.ts";
import styles from "./route.module.css";
import { StepLink } from "./step-link.tsx";
import { noFailureDetails, type TurnFailure } from "./turn-state.ts";

/** What the strip may do to the draft. */
export type DraftActions = {
  readonly useAuto: () => void;
  readonly describeImage: () => void;
};

function Step({ step, actions }: { readonly step: FailureStep; readonly actions: DraftActions }) {
  const t = useTranslations("chat");
  const compact = {
    size: "small",
    type: "link",
    className: styles["previewAction"] ?? "",
  } as const;
  switch (step) {
    case "usage":
    case "settings":
    case "verify":
    case "sign_in":
      return <StepLink step={step} isBrief />;
    case "auto_model":
      return (
        <Button {...compact} onClick={actions.useAuto}>
          {t("preview.useAuto")}
        </Button>
      );
    case "describe_image":
      return (
        <Button {...compact} onClick={actions.describeImage}>
          {t("refusal.describeInstead")}
        </Button>
      );
    case "retry":
    case "resend":
      return null;
  }
}

/** Why a draft would be refused, and what to do instead, before it is sent. */
export function DraftRefusal(props: {
  readonly refusal: RefusalView;
  readonly actions: DraftActions;
}) {
  const t = useTranslations("chat.preview");
  const errorText = useErrorText();
  const { refusal, actions } = props;
  const failure: TurnFailure = { ...noFailureDetails, ...refusal, message: "" };
  return (
    <>
      <p className={`${styles["previewLine"] ?? ""} ${styles["previewWarning"] ?? ""}`}>
        <WarningOutlined aria-hidden />
        <span>{t(`refused.${refusalTitleKey(refusal)}`)}</span>
      </p>
      <p className={styles["previewLine"]}>
        {failureSteps(failure).map((step) => (
          <Step key={step} step={step} actions={actions} />
        ))}
        <Popover
          trigger="click"
          placement="top"
          getPopupContainer={overlayContainer}
          content={
            <div className={styles["previewDetail"]}>
              {errorText(refusal.code, failureDetails(failure))}
            </div>
          }
        >
          <Button size="small" type="link" className={styles["previewAction"] ?? ""}>
            {t("why")}
          </Button>
        </Popover>
      </p>
    </>
  );
}
