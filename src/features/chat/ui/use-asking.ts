import { useCallback } from "react";
import { api } from "@/api/client.ts";
import type { ThreadAnswer, ThreadEntry } from "./build-thread.ts";
import type { ModelChoice } from "./turn-state.ts";
import type { ChatTurns } from "./use-chat-turns.ts";
import { AUTO_MODEL } from "./use-model-choice.ts";

/** Where the next message goes, as the person sees it. */
export type Destination = {
  readonly conversationId: string | null;
  readonly draftNumber: number;
  readonly choice: ModelChoice;
};

/** Starts turns in the conversation on screen: a new question, or another answer to an old one. */
export function useAsking(chat: ChatTurns, onScreen: { readonly current: Destination }) {
  const { start, remove } = chat;
  const utils = api.useUtils();

  const ask = useCallback(
    (questionText: string) => start({ ...onScreen.current, retryOf: null, questionText }),
    [onScreen, start],
  );

  const isStored = useCallback(
    async (turnId: string): Promise<boolean> => {
      const { conversationId } = onScreen.current;
      if (conversationId === null) return false;
      const detail = await utils.chat.getConversation
        .fetch({ conversationId }, { staleTime: 0 })
        .catch(() => null);
      return detail?.messages.some((message) => message.turnId === turnId) === true;
    },
    [onScreen, utils],
  );

  /**
   * A stored turn gets another version; one the server does not know is simply asked anew.
   * @param modelId whom to ask, "auto" included; null = whom the next message would ask.
   */
  const retry = useCallback(
    async (entry: ThreadEntry, answer: ThreadAnswer, modelId: string | null) => {
      const destination = onScreen.current;
      const isKnown = answer.isStored || (await isStored(answer.turnId));
      if (!isKnown) remove(answer.turnId);
      start({
        ...destination,
        ...(modelId === null ? {} : { choice: { provider: AUTO_MODEL, model: modelId } }),
        retryOf: isKnown && destination.conversationId !== null ? answer.turnId : null,
        questionText: entry.questionText ?? "",
      });
    },
    [isStored, onScreen, remove, start],
  );

  return { ask, retry };
}
