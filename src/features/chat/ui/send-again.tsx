"use client";
import { Button, Space } from "antd";
import { useTranslations } from "next-intl";
import { useSecondsUntil } from "@/components/use-seconds-until.ts";
import type { ThreadAnswer, ThreadEntry } from "./build-thread.ts";
import { isIdFree } from "./turn-state.ts";
import type { ThreadActions } from "./use-chat-screen.ts";

type SendAgainProps = {
  readonly entry: ThreadEntry;
  readonly answer: ThreadAnswer;
  readonly actions: ThreadActions;
};

/**
 * Sends a question again that the server could not take, as soon as it said it might: the same
 * message where its id is still free (so nothing is asked or charged twice), else another version.
 */
export function SendAgain({ entry, answer, actions }: SendAgainProps) {
  const t = useTranslations("chat.refusal");
  const { failure } = answer;
  const seconds = useSecondsUntil(failure?.retryAtMs ?? null);
  const isSameMessage =
    answer.state === "unsent" || (!answer.isStored && failure !== null && isIdFree(failure));
  const sendAgain = (): void => {
    if (isSameMessage) actions.resend(answer.turnId);
    else actions.retry(entry, answer, null);
  };
  return (
    <Space wrap size="small">
      <Button
        type="primary"
        disabled={seconds > 0}
        data-testid="send-again"
        className="money"
        onClick={sendAgain}
      >
        {seconds > 0 ? t("resendIn", { seconds }) : t("resend")}
      </Button>
      {isSameMessage && (
        <Button onClick={() => actions.edit(answer.turnId, entry.questionText ?? "")}>
          {t("edit")}
        </Button>
      )}
    </Space>
  );
}
