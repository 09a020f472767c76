"use client";
import { DeleteOutlined, EditOutlined, EllipsisOutlined, PlusOutlined } from "@ant-design/icons";
import { Conversations } from "@ant-design/x";
import type { ConversationItemType } from "@ant-design/x/es/conversations/interface.js";
import { Button, Skeleton, type MenuProps } from "antd";
import { useTranslations } from "next-intl";
import { useMemo, useState, type MouseEvent } from "react";
import { api } from "@/api/client.ts";
import type { ConversationView } from "../schema.ts";
import styles from "./chat.module.css";
import { ConversationDialog, type ConversationTask } from "./conversation-dialog.tsx";
import { conversationGroup } from "./group-conversations.ts";

type ConversationListProps = {
  readonly activeId: string | null;
  readonly onOpen: (conversationId: string) => void;
  readonly onNew: () => void;
};

type MenuInfo = Parameters<NonNullable<MenuProps["onClick"]>>[0];

const noConversations: readonly ConversationView[] = [];

/** A click with a modifier means "in a new tab" and is the browser's. */
function keepInPage(event: MouseEvent): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) event.stopPropagation();
  else event.preventDefault();
}

function conversationItem(conversation: ConversationView, nowMs: number): ConversationItemType {
  return {
    key: conversation.id,
    group: conversationGroup(conversation.updatedAt, nowMs),
    "data-testid": "conversation-item",
    "data-conversation-id": conversation.id,
    label: (
      <a
        href={`/chat/${conversation.id}`}
        className={styles["conversationLink"]}
        onClick={keepInPage}
      >
        {conversation.title}
      </a>
    ),
    title: conversation.title,
  };
}

function useConversationItems(
  conversations: readonly ConversationView[],
  readAtMs: number,
): ConversationItemType[] {
  return useMemo(
    () => conversations.map((conversation) => conversationItem(conversation, readAtMs)),
    [conversations, readAtMs],
  );
}

function useConversationMenu(begin: (kind: ConversationTask["kind"], id: string) => void) {
  const t = useTranslations("chat.conversations");
  return (item: ConversationItemType) => ({
    items: [
      { key: "rename", icon: <EditOutlined />, label: t("rename") },
      { key: "delete", icon: <DeleteOutlined />, label: t("delete"), danger: true },
    ],
    onClick: ({ key, domEvent }: MenuInfo) => {
      domEvent.stopPropagation();
      begin(key === "delete" ? "delete" : "rename", item.key);
    },
    trigger: (
      <Button
        type="text"
        size="small"
        icon={<EllipsisOutlined />}
        aria-label={t("menu", { title: item.title ?? "" })}
        data-testid="conversation-menu"
      />
    ),
  });
}

/** The person's conversations, newest first, each with rename and delete. */
export function ConversationList({ activeId, onOpen, onNew }: ConversationListProps) {
  const t = useTranslations("chat.conversations");
  const [task, setTask] = useState<ConversationTask | null>(null);
  const {
    data: conversations = noConversations,
    isPending,
    isError,
    refetch,
    dataUpdatedAt,
  } = api.chat.listConversations.useQuery();
  const items = useConversationItems(conversations, dataUpdatedAt);
  const begin = (kind: ConversationTask["kind"], conversationId: string): void => {
    const conversation = conversations.find(({ id }) => id === conversationId);
    if (conversation) setTask({ kind, conversation });
  };
  const menu = useConversationMenu(begin);
  return (
    <nav className={styles["conversations"]} aria-label={t("title")}>
      <Button
        type="primary"
        ghost
        block
        icon={<PlusOutlined />}
        data-testid="new-chat"
        onClick={onNew}
      >
        {t("new")}
      </Button>
      <div className={styles["conversationScroll"]}>
        {isPending && <Skeleton active title={false} paragraph={{ rows: 6 }} />}
        {isError && (
          <p>
            {t("loadFailed")} <Button onClick={() => void refetch()}>{t("tryAgain")}</Button>
          </p>
        )}
        {!isPending && !isError && items.length === 0 && <p>{t("empty")}</p>}
        {items.length > 0 && (
          <Conversations
            items={items}
            {...(activeId === null ? { activeKey: "" } : { activeKey: activeId })}
            onActiveChange={onOpen}
            groupable={{
              label: (group) => t(group === "today" || group === "yesterday" ? group : "older"),
            }}
            menu={menu}
          />
        )}
      </div>
      <ConversationDialog
        task={task}
        onClose={() => setTask(null)}
        onDeleted={(id) => {
          if (id === activeId) onNew();
        }}
      />
    </nav>
  );
}
