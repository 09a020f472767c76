"use client";
import { ArrowDownOutlined } from "@ant-design/icons";
import { Bubble } from "@ant-design/x";
import type { BubbleItemType, BubbleListRef } from "@ant-design/x/es/bubble/interface.js";
import { Button } from "antd";
import { useTranslations } from "next-intl";
import { useEffect, useMemo, useRef, useState, type UIEvent } from "react";
import { AnswerItem } from "./answer-item.tsx";
import type { ThreadEntry } from "./build-thread.ts";
import styles from "./chat.module.css";
import type { ModelNames } from "./model-names.ts";
import type { ThreadActions } from "./use-chat-screen.ts";

type MessageListProps = {
  readonly entries: readonly ThreadEntry[];
  readonly modelById: ModelNames;
  readonly actions: ThreadActions;
  readonly canAct: boolean;
};

/** Nearer to the end than this counts as being there. */
const END_REACHED_PX = 80;

const wholeWidth = { width: "100%", minWidth: 0 } as const;
const roles = {
  user: { placement: "end", variant: "filled", shape: "corner" },
  ai: {
    placement: "start",
    variant: "borderless",
    style: { paddingInlineEnd: 0 },
    styles: { body: wholeWidth, content: wholeWidth },
  },
} as const;

function questionItem(entry: ThreadEntry, label: string): BubbleItemType[] {
  if (entry.questionText === null) return [];
  const content = (
    <div className={styles["question"]} data-testid="question" data-turn-id={entry.key}>
      <span className="visually-hidden">{label}: </span>
      {entry.questionText}
    </div>
  );
  return [{ key: `question-${entry.key}`, role: "user", content }];
}

/**
 * The conversation. Follows the answer while the reader is at its end, and stays put once they
 * scrolled up.
 */
export function MessageList({ entries, modelById, actions, canAct }: MessageListProps) {
  const t = useTranslations("chat.thread");
  const list = useRef<BubbleListRef>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const items = useMemo(
    () =>
      entries.flatMap((entry): BubbleItemType[] => [
        ...questionItem(entry, t("you")),
        ...(entry.answers.length === 0
          ? []
          : [
              {
                key: `answer-${entry.key}`,
                role: "ai",
                content: (
                  <AnswerItem
                    entry={entry}
                    modelById={modelById}
                    actions={actions}
                    canAct={canAct}
                  />
                ),
              },
            ]),
      ]),
    [entries, modelById, actions, canAct, t],
  );

  const lastKey = entries.at(-1)?.key ?? null;
  useEffect(() => {
    // At first paint the list has no box yet, and stands at its end by itself.
    const box: HTMLElement | undefined = list.current?.scrollBoxNativeElement;
    if (box) list.current?.scrollTo({ top: "bottom", behavior: "instant" });
  }, [lastKey]);

  // The list is laid out from its end, where scrollTop is 0; further up it is negative.
  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    setIsAtEnd(Math.abs(event.currentTarget.scrollTop) < END_REACHED_PX);
  };

  return (
    <section className={styles["thread"]} aria-label={t("label")}>
      <Bubble.List
        ref={list}
        items={items}
        role={roles}
        autoScroll
        onScroll={onScroll}
        className={styles["list"] ?? ""}
      />
      {!isAtEnd && (
        <Button
          className={styles["toBottom"] ?? ""}
          icon={<ArrowDownOutlined />}
          shape="round"
          data-testid="to-bottom"
          onClick={() => list.current?.scrollTo({ top: "bottom", behavior: "smooth" })}
        >
          {t("toBottom")}
        </Button>
      )}
    </section>
  );
}
