"use client";
import { Sender } from "@ant-design/x";
import type { SenderProps, SenderRef } from "@ant-design/x/es/sender/interface.js";
import { Input, type GetProps } from "antd";
import { useTranslations } from "next-intl";
import type { ReactNode, Ref } from "react";
import styles from "./chat.module.css";
import { DRAFT_PREVIEW_ID } from "./draft-preview.tsx";

type TextAreaProps = GetProps<typeof Input.TextArea>;

type ComposerProps = {
  readonly ref: Ref<SenderRef>;
  readonly draft: string;
  readonly isAnswering: boolean;
  readonly tools: ReactNode;
  readonly onDraft: (text: string) => void;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
};

/** The sender's own attributes would land on its frame as well. */
function LabelledTextArea(props: TextAreaProps) {
  const t = useTranslations("chat.composer");
  return (
    <Input.TextArea
      {...props}
      // Until its height is measured in the browser: as high as it will be.
      rows={1}
      aria-label={t("label")}
      aria-describedby={DRAFT_PREVIEW_ID}
      data-testid="chat-input"
    />
  );
}

const components = { input: LabelledTextArea };
const autoSize = { minRows: 1, maxRows: 8 };

/** Where a message is written: Enter sends, Shift+Enter starts a line. */
export function Composer({
  ref,
  draft,
  isAnswering,
  tools,
  onDraft,
  onSend,
  onStop,
}: ComposerProps) {
  const t = useTranslations("chat.composer");
  const footer: NonNullable<SenderProps["footer"]> = (
    _,
    { components: { SendButton, LoadingButton } },
  ) => (
    <div className={styles["composerFooter"]}>
      {tools}
      {isAnswering ? (
        <LoadingButton
          aria-label={t("stop")}
          title={t("stop")}
          data-testid="stop-button"
          disabled={false}
        />
      ) : (
        <SendButton
          aria-label={t("send")}
          title={t("send")}
          data-testid="send-button"
          disabled={draft.trim() === ""}
        />
      )}
    </div>
  );
  return (
    <Sender
      ref={ref}
      value={draft}
      loading={isAnswering}
      placeholder={t("placeholder")}
      components={components}
      autoSize={autoSize}
      suffix={false}
      footer={footer}
      onChange={(text) => onDraft(text)}
      onSubmit={(text) => onSend(text)}
      onCancel={onStop}
    />
  );
}
