"use client";
import { InfoCircleOutlined, PictureOutlined, WarningOutlined } from "@ant-design/icons";
import { Button, Space } from "antd";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PayAtBlock } from "@/features/payments/ui/pay-at-block.tsx";
import { useErrorText } from "@/i18n/use-error-text.ts";
import type { ThreadAnswer, ThreadEntry } from "./build-thread.ts";
import { ChargeNote } from "./charge-note.tsx";
import { isUnbooked } from "./charge-words.ts";
import styles from "./chat.module.css";
import {
  failureDetails,
  failureSteps,
  isDomainErrorCode,
  paidNeed,
  type FailureStep,
} from "./failure-text.ts";
import { SendAgain } from "./send-again.tsx";
import { StepLink } from "./step-link.tsx";
import { noFailureDetails, type TurnFailure } from "./turn-state.ts";
import type { ThreadActions } from "./use-chat-screen.ts";
import { AUTO_MODEL } from "./use-model-choice.ts";

type RefusalProps = {
  readonly entry: ThreadEntry;
  readonly answer: ThreadAnswer;
  readonly actions: ThreadActions;
};

const unknownFailure: TurnFailure = { ...noFailureDetails, code: "unknown", message: "" };

function isImageWish(failure: TurnFailure): boolean {
  return failure.code === "feature_disabled" && failure.feature === "image_generation";
}

function useFailureSentence(failure: TurnFailure): string {
  const t = useTranslations("chat.refusal");
  const errorText = useErrorText();
  // What the door just answered is whole already; a stored refusal brings its details only.
  if (failure.message !== "") return failure.message;
  if (!isDomainErrorCode(failure.code)) return t("unknown");
  return errorText(failure.code, failureDetails(failure));
}

function Step({
  step,
  entry,
  answer,
  actions,
}: RefusalProps & { readonly step: FailureStep }): ReactNode {
  const t = useTranslations("chat");
  const question = entry.questionText ?? "";
  switch (step) {
    case "usage":
    case "settings":
    case "verify":
    case "sign_in":
      return <StepLink step={step} isBrief={false} />;
    case "auto_model":
      return (
        <Button onClick={() => actions.retry(entry, answer, AUTO_MODEL)}>
          {t("refusal.chooseModel")}
        </Button>
      );
    case "retry":
      return (
        <Button onClick={() => actions.retry(entry, answer, null)}>{t("answer.retry")}</Button>
      );
    case "resend":
      return <SendAgain entry={entry} answer={answer} actions={actions} />;
    case "describe_image":
      return (
        <Button onClick={() => actions.fillDraft(t("refusal.describePrompt", { wish: question }))}>
          {t("refusal.describeInstead")}
        </Button>
      );
  }
}

function Frame(props: { code: string; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div
      className={styles["refusal"]}
      data-testid="refusal-item"
      data-code={props.code}
      role="note"
    >
      <p className={styles["refusalTitle"]}>
        {props.icon} {props.title}
      </p>
      {props.children}
    </div>
  );
}

function UnsentItem({ entry, answer, actions }: RefusalProps) {
  const t = useTranslations("chat.refusal");
  return (
    <Frame code="unsent" icon={<WarningOutlined aria-hidden />} title={t("unsentTitle")}>
      <p>{t("unsentText")}</p>
      <Space wrap>
        <SendAgain entry={entry} answer={answer} actions={actions} />
      </Space>
    </Frame>
  );
}

function titleKey(answer: ThreadAnswer, failure: TurnFailure) {
  if (isImageWish(failure)) return "imageTitle";
  if (isUnbooked(answer)) return "unbookedTitle";
  return answer.state === "failed" && answer.text !== "" ? "failedTitle" : "title";
}

function FailedItem({ entry, answer, actions }: RefusalProps) {
  const t = useTranslations("chat.refusal");
  const failure = answer.failure ?? unknownFailure;
  const knownSentence = useFailureSentence(failure);
  const sentence =
    answer.failure === null && answer.state === "failed" ? t("failedText") : knownSentence;
  const isImage = isImageWish(failure);
  const title = t(titleKey(answer, failure));
  const steps = (isUnbooked(answer) ? [] : failureSteps(failure)).map((step) => (
    <Step key={step} step={step} entry={entry} answer={answer} actions={actions} />
  ));
  const need = answer.state === "refused" ? paidNeed(failure) : null;
  return (
    <Frame
      code={failure.code}
      icon={isImage ? <PictureOutlined aria-hidden /> : <InfoCircleOutlined aria-hidden />}
      title={title}
    >
      <p>{sentence}</p>
      <ChargeNote answer={answer} />
      {need === null ? (
        <Space wrap size="middle">
          {steps}
        </Space>
      ) : (
        <PayAtBlock
          need={need}
          afterPaid={<SendAgain entry={entry} answer={answer} actions={actions} />}
          otherSteps={steps}
        />
      )}
    </Frame>
  );
}

/** Why a message has no (whole) answer, and what to do next; it stays in the conversation. */
export function RefusalItem(props: RefusalProps) {
  return props.answer.state === "unsent" ? <UnsentItem {...props} /> : <FailedItem {...props} />;
}
