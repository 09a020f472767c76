"use client";
import type { SenderRef } from "@ant-design/x/es/sender/interface.js";
import { useTranslations } from "next-intl";
import type { Ref } from "react";
import { LiveBudgetBar } from "@/features/budgets/ui/live-budget-bar.tsx";
import styles from "./chat.module.css";
import { Composer } from "./composer.tsx";
import { DraftPreviewStrip } from "./draft-preview.tsx";
import { ModelPicker } from "./model-picker.tsx";
import type { ChatScreenState } from "./use-chat-screen.ts";
import { AUTO_MODEL } from "./use-model-choice.ts";
import { useRoutePreview } from "./use-route-preview.ts";

type ComposerAreaProps = {
  readonly ref: Ref<SenderRef>;
  readonly screen: ChatScreenState;
  /** The model that served the last answer on screen. */
  readonly servedModelId: string | null;
};

/** Below the thread: what is left of the budget, the box, and what sending its draft would mean. */
export function ComposerArea({ ref, screen, servedModelId }: ComposerAreaProps) {
  const t = useTranslations("chat.refusal");
  const { draft: text, conversationId, selection } = screen;
  const draft = useRoutePreview({ text, conversationId, modelId: selection.modelId });
  const preview = draft.state === "known" ? draft.preview : null;
  const expected = preview?.kind === "plan" ? preview.decision : null;
  return (
    <div className={styles["composer"]}>
      <LiveBudgetBar compact />
      <Composer
        ref={ref}
        draft={text}
        isAnswering={screen.isAnswering}
        tools={
          <ModelPicker selection={selection} servedModelId={servedModelId} expected={expected} />
        }
        onDraft={screen.setDraft}
        onSend={screen.send}
        onStop={screen.stop}
      />
      <DraftPreviewStrip
        draft={draft}
        modelById={selection.modelById}
        actions={{
          useAuto: () => selection.select(AUTO_MODEL),
          describeImage: () => screen.setDraft(t("describePrompt", { wish: text })),
        }}
      />
    </div>
  );
}
