"use client";
import { Skeleton, Tag } from "antd";
import { useTranslations } from "next-intl";
import { memo, useState } from "react";
import { AnswerFooter, type ModelNames } from "./answer-footer.tsx";
import {
  isSameEntry,
  type AnswerState,
  type ThreadAnswer,
  type ThreadEntry,
} from "./build-thread.ts";
import styles from "./chat.module.css";
import { MarkdownText } from "./markdown-text.tsx";
import { RefusalItem } from "./refusal-item.tsx";
import type { ThreadActions } from "./use-chat-screen.ts";

type AnswerItemProps = {
  readonly entry: ThreadEntry;
  readonly modelById: ModelNames;
  readonly actions: ThreadActions;
  /** While an answer is being read, nothing else may be started in the conversation. */
  readonly canAct: boolean;
};

const openStates: ReadonlySet<AnswerState> = new Set([
  "waiting",
  "streaming",
  "stopping",
  "recovering",
]);

function StateNote({ answer }: { readonly answer: ThreadAnswer }) {
  const t = useTranslations("chat.answer");
  if (answer.state === "stopping") return <Tag color="warning">{t("stopping")}</Tag>;
  if (answer.state === "recovering") return <Tag>{t("recovering")}</Tag>;
  if (answer.state === "interrupted") return <Tag color="warning">{t("stopped")}</Tag>;
  if (answer.state === "failed" && answer.text !== "")
    return <Tag color="error">{t("failed")}</Tag>;
  if (answer.finishReason === "length") return <p className={styles["answerNote"]}>{t("cut")}</p>;
  if (answer.finishReason === "content_filter")
    return <p className={styles["answerNote"]}>{t("filtered")}</p>;
  return null;
}

function AnswerText({ answer }: { readonly answer: ThreadAnswer }) {
  const t = useTranslations("chat.answer");
  if (answer.text !== "")
    return <MarkdownText text={answer.text} isStreaming={answer.state === "streaming"} />;
  switch (answer.state) {
    case "waiting":
    case "streaming":
      return (
        <div aria-label={t("waiting")} role="img" className={styles["waiting"]}>
          <Skeleton active title={false} paragraph={{ rows: 2 }} />
        </div>
      );
    case "interrupted":
      return <p className={styles["answerNote"]}>{t("noText")}</p>;
    case "complete":
      return <p className={styles["answerNote"]}>{t("emptyText")}</p>;
    default:
      return null;
  }
}

function isRefused(answer: ThreadAnswer): boolean {
  return answer.state === "refused" || answer.state === "unsent" || answer.state === "failed";
}

function AnswerItemView({ entry, modelById, actions, canAct }: AnswerItemProps) {
  const t = useTranslations("chat.answer");
  const count = entry.answers.length;
  const [picked, setPicked] = useState({ count, index: count - 1 });
  // A new version is shown as it comes; what was picked among fewer versions no longer counts.
  const index = picked.count === count ? picked.index : count - 1;
  const answer = entry.answers[index];
  if (!answer) return null;
  const isOpen = openStates.has(answer.state);
  return (
    <article
      className={styles["answer"]}
      aria-label={t("label")}
      data-testid="answer"
      data-turn-id={answer.turnId}
      data-state={answer.state}
    >
      <AnswerText answer={answer} />
      <StateNote answer={answer} />
      {isRefused(answer) && <RefusalItem entry={entry} answer={answer} actions={actions} />}
      <AnswerFooter
        answer={answer}
        modelById={modelById}
        place={{ index, count, show: (next) => setPicked({ count, index: next }) }}
        canAct={canAct && !isOpen}
        onRetry={(modelId) => actions.retry(entry, answer, modelId)}
        onContinue={actions.continueAnswer}
      />
    </article>
  );
}

/** The answers to one question, one version at a time. */
export const AnswerItem = memo(AnswerItemView, (before, after) => {
  const isSameRest =
    before.modelById === after.modelById &&
    before.actions === after.actions &&
    before.canAct === after.canAct;
  return isSameRest && isSameEntry(before.entry, after.entry);
});
