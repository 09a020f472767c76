"use client";
import { Alert, Input, Modal } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import type { ConversationView } from "../schema.ts";
import { overlayContainer } from "./overlay-container.ts";

export type ConversationTask = {
  readonly kind: "rename" | "delete";
  readonly conversation: ConversationView;
};

const TITLE_CHARACTERS_MAX = 80;

type DialogProps = {
  readonly task: ConversationTask | null;
  readonly onClose: () => void;
  readonly onDeleted: (conversationId: string) => void;
};
type OpenDialogProps = DialogProps & { readonly task: ConversationTask };

function RenameDialog({ task, onClose }: OpenDialogProps) {
  const t = useTranslations("chat.conversations");
  const utils = api.useUtils();
  const { id, title } = task.conversation;
  const [name, setName] = useState(title);
  const rename = api.chat.renameConversation.useMutation({
    onSuccess: async () => {
      await utils.chat.listConversations.invalidate();
      void utils.chat.getConversation.invalidate({ conversationId: id });
      onClose();
    },
  });
  const cleanName = name.trim();
  const save = (): void => {
    if (cleanName !== "" && !rename.isPending)
      rename.mutate({ conversationId: id, title: cleanName });
  };
  return (
    <Modal
      open
      getContainer={overlayContainer}
      title={t("renameTitle")}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: cleanName === "", loading: rename.isPending }}
      onOk={save}
      onCancel={onClose}
    >
      <Input
        autoFocus
        value={name}
        maxLength={TITLE_CHARACTERS_MAX}
        aria-label={t("renameLabel")}
        data-testid="rename-input"
        onChange={(event) => setName(event.target.value)}
        onPressEnter={save}
      />
      {rename.isError && <Alert type="error" title={t("actionFailed")} />}
    </Modal>
  );
}

function DeleteDialog({ task, onClose, onDeleted }: OpenDialogProps) {
  const t = useTranslations("chat.conversations");
  const utils = api.useUtils();
  const { id, title } = task.conversation;
  const remove = api.chat.deleteConversation.useMutation({
    onSuccess: async () => {
      onDeleted(id);
      await utils.chat.listConversations.invalidate();
      onClose();
    },
  });
  return (
    <Modal
      open
      getContainer={overlayContainer}
      title={t("deleteTitle")}
      okText={t("delete")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, loading: remove.isPending }}
      onOk={() => remove.mutate({ conversationId: id })}
      onCancel={onClose}
    >
      <p>{t("deleteText", { title })}</p>
      {remove.isError && <Alert type="error" title={t("actionFailed")} />}
    </Modal>
  );
}

/** Renames or deletes one conversation, after asking. */
export function ConversationDialog({ task, ...rest }: DialogProps) {
  if (task === null) return null;
  return task.kind === "rename" ? (
    <RenameDialog task={task} {...rest} />
  ) : (
    <DeleteDialog task={task} {...rest} />
  );
}
