"use client";
import { SwapOutlined } from "@ant-design/icons";
import { Skeleton, Tag } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { memo, useState } from "react";
import { AnswerFooter } from "./answer-footer.tsx";
import {
  isSameEntry,
  type AnswerState,
  type ThreadAnswer,
  type ThreadEntry,
} from "./build-thread.ts";
import { ChargeNote } from "./charge-note.tsx";
import { isUnbooked } from "./charge-words.ts";
import styles from "./chat.module.css";
import { MarkdownText } from "./markdown-text.tsx";
import { modelLabel, type ModelNames } from "./model-names.ts";
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

/** Another model answered than the chosen one: both are named. */
function ReplacedNote({ answer, modelById }: { answer: ThreadAnswer; modelById: ModelNames }) {
  const t = useTranslations("chat.answer");
  const { decision } = answer;
  if (!decision?.replacedModelId) return null;
  const chosen = modelLabel(modelById, decision.replacedModelId);
  const served = modelLabel(modelById, decision.modelId);
  return (
    <p className={styles["answerNote"]} data-testid="answer-replaced">
      <SwapOutlined aria-hidden /> {t("replaced", { chosen, served })}
    </p>
  );
}

/** Cut at the cap: by the model's or plan's own length, or by what the budget still allowed. */
function CutNote({ answer }: { readonly answer: ThreadAnswer }) {
  const t = useTranslations("chat");
  if (answer.decision?.isCapTight !== true)
    return <p className={styles["answerNote"]}>{t("answer.cut")}</p>;
  return (
    <p className={styles["answerNote"]} data-testid="cut-by-budget">
      {t("answer.cutByBudget")}{" "}
      <Link href="/usage" prefetch={false}>
        {t("preview.seeUsage")}
      </Link>
    </p>
  );
}

function StateNote({ answer }: { readonly answer: ThreadAnswer }) {
  const t = useTranslations("chat.answer");
  if (answer.state === "stopping") return <Tag color="warning">{t("stopping")}</Tag>;
  if (answer.state === "recovering") return <Tag>{t("recovering")}</Tag>;
  if (answer.state === "interrupted") return <Tag color="warning">{t("stopped")}</Tag>;
  if (answer.state === "failed" && answer.text !== "" && !isUnbooked(answer))
    return <Tag color="error">{t("failed")}</Tag>;
  if (answer.finishReason === "length") return <CutNote answer={answer} />;
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
      <ReplacedNote answer={answer} modelById={modelById} />
      {isRefused(answer) ? (
        <RefusalItem entry={entry} answer={answer} actions={actions} />
      ) : (
        <ChargeNote answer={answer} />
      )}
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
