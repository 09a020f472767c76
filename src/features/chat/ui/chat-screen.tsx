"use client";
import { MenuOutlined, PlusOutlined } from "@ant-design/icons";
import type { SenderRef } from "@ant-design/x/es/sender/interface.js";
import { Button, Drawer, Result, Skeleton } from "antd";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState, type RefObject } from "react";
import { AnswerStatus } from "./answer-status.tsx";
import type { ThreadEntry } from "./build-thread.ts";
import styles from "./chat.module.css";
import { ComposerArea } from "./composer-area.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { OVERLAYS_ID, overlayContainer } from "./overlay-container.ts";
import { MessageList } from "./message-list.tsx";
import { useChatKeys } from "./use-chat-keys.ts";
import { useChatScreen, type ChatScreenState } from "./use-chat-screen.ts";
import { WelcomePanel } from "./welcome-panel.tsx";

function ThreadArea({ screen }: { readonly screen: ChatScreenState }) {
  const t = useTranslations("chat");
  const { thread, actions, selection, isAnswering, openNew } = screen;
  switch (thread.state) {
    case "loading":
      return (
        <div className={styles["loading"]} role="status" aria-label={t("thread.loading")}>
          <Skeleton active paragraph={{ rows: 3 }} />
          <Skeleton active paragraph={{ rows: 5 }} />
        </div>
      );
    case "not_found":
      return (
        <Result
          status="404"
          title={t("thread.notFound")}
          extra={<Button onClick={openNew}>{t("conversations.new")}</Button>}
        />
      );
    case "failed":
      return (
        <Result
          status="warning"
          title={t("thread.loadFailed")}
          extra={<Button onClick={thread.reload}>{t("conversations.tryAgain")}</Button>}
        />
      );
    case "empty":
      return <WelcomePanel onPick={actions.fillDraft} />;
    case "ready":
      return (
        <MessageList
          entries={thread.entries}
          modelById={selection.modelById}
          actions={actions}
          canAct={!isAnswering}
        />
      );
  }
}

function TopBar({
  screen,
  onMenu,
}: {
  readonly screen: ChatScreenState;
  readonly onMenu: () => void;
}) {
  const t = useTranslations("chat.conversations");
  return (
    <div className={styles["topBar"]}>
      <Button
        type="text"
        icon={<MenuOutlined />}
        aria-label={t("open")}
        onClick={onMenu}
        data-testid="open-conversations"
      />
      <span className={styles["topTitle"]} aria-hidden>
        {screen.thread.title ?? t("new")}
      </span>
      <Button
        type="text"
        icon={<PlusOutlined />}
        aria-label={t("new")}
        data-testid="new-chat-compact"
        onClick={screen.openNew}
      />
    </div>
  );
}

function useFocusOnDraft(composer: RefObject<SenderRef | null>, screen: ChatScreenState): void {
  const { conversationId, draftNumber, isAnswering } = screen;
  useEffect(() => {
    // On a touch screen focus would raise the keyboard over the answer.
    if (window.matchMedia("(pointer: coarse)").matches) return;
    if (document.activeElement === null || document.activeElement === document.body)
      composer.current?.focus();
  }, [composer, conversationId, draftNumber, isAnswering]);
}

function Sidebar({
  screen,
  onDone,
}: {
  readonly screen: ChatScreenState;
  readonly onDone: () => void;
}) {
  return (
    <ConversationList
      activeId={screen.conversationId}
      onOpen={(id) => {
        screen.open(id);
        onDone();
      }}
      onNew={() => {
        screen.openNew();
        onDone();
      }}
    />
  );
}

function lastServedModelId(entries: readonly ThreadEntry[]): string | null {
  const answers = entries.flatMap((entry) => entry.answers);
  return answers.findLast(({ receipt }) => receipt !== null)?.receipt?.servedModelId ?? null;
}

/** The chat page: conversations beside the thread, the composer with model and budget below it. */
export function ChatScreen({ conversationId }: { readonly conversationId: string | null }) {
  const t = useTranslations("chat.conversations");
  const screen = useChatScreen(conversationId);
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const composer = useRef<SenderRef>(null);
  useChatKeys({ isAnswering: screen.isAnswering, onStop: screen.stop, onNew: screen.openNew });
  useFocusOnDraft(composer, screen);
  useEffect(() => {
    // Fetched ahead of the first answer, so that its first words are formatted at once.
    void import("./safe-markdown.tsx");
  }, []);
  const servedModelId = lastServedModelId(screen.thread.entries);
  const closeDrawer = (): void => setIsDrawerOpen(false);
  return (
    <div className={styles["screen"]}>
      <aside className={styles["sidebar"]}>
        <Sidebar screen={screen} onDone={closeDrawer} />
      </aside>
      <Drawer
        getContainer={overlayContainer}
        open={isDrawerOpen}
        onClose={closeDrawer}
        placement="left"
        size={300}
        title={t("title")}
      >
        <Sidebar screen={screen} onDone={closeDrawer} />
      </Drawer>
      <div className={styles["main"]}>
        <h1 className="visually-hidden">{screen.thread.title ?? t("new")}</h1>
        <TopBar screen={screen} onMenu={() => setIsDrawerOpen(true)} />
        <ThreadArea screen={screen} />
        <AnswerStatus entries={screen.thread.entries} />
        <ComposerArea ref={composer} screen={screen} servedModelId={servedModelId} />
      </div>
      <div id={OVERLAYS_ID} />
    </div>
  );
}
