import { useCallback, useMemo } from "react";
import { useTranslations } from "next-intl";
import type { ThreadAnswer, ThreadEntry } from "./build-thread.ts";
import { isReading, type LiveTurn, type NewTurn } from "./turn-state.ts";
import { useActiveConversation } from "./use-active-conversation.ts";
import { useAsking, type Destination } from "./use-asking.ts";
import { useChatTurns } from "./use-chat-turns.ts";
import { useDrafts } from "./use-drafts.ts";
import { useLatest } from "./use-latest.ts";
import { useModelChoice } from "./use-model-choice.ts";
import { useThread } from "./use-thread.ts";

/** What an item of the conversation may ask for. Stable over renders. */
export type ThreadActions = {
  /** `modelId`: whom to ask, "auto" included; null = whom the next message would ask. */
  readonly retry: (entry: ThreadEntry, answer: ThreadAnswer, modelId: string | null) => void;
  readonly continueAnswer: () => void;
  readonly resend: (turnId: string) => void;
  readonly edit: (turnId: string, text: string) => void;
  readonly fillDraft: (text: string) => void;
};

function isOnScreen(turn: LiveTurn, { conversationId, draftNumber }: Destination): boolean {
  return conversationId === null
    ? turn.draftNumber === draftNumber
    : turn.conversationId === conversationId;
}

/** The first word of a new conversation's answer tells its id: the address takes it on. */
function useAddressUpdate(onScreen: { readonly current: Destination }) {
  return useCallback(
    (turn: NewTurn, conversationId: string) => {
      const shown = onScreen.current;
      const isShown = shown.conversationId === null && turn.draftNumber === shown.draftNumber;
      if (isShown && window.location.pathname === "/chat") {
        window.history.replaceState(null, "", `/chat/${conversationId}`);
      }
    },
    [onScreen],
  );
}

/** Everything the chat screen shows and does, apart from its layout. */
export function useChatScreen(initialConversationId: string | null) {
  const t = useTranslations("chat.answer");
  const active = useActiveConversation(initialConversationId);
  const { conversationId, draftNumber } = active;
  const selection = useModelChoice();
  const { choice } = selection;
  const destination = useMemo(
    () => ({ conversationId, draftNumber, choice }),
    [conversationId, draftNumber, choice],
  );
  const onScreen = useLatest<Destination>(destination);
  const chat = useChatTurns(useAddressUpdate(onScreen));
  const { turns, remove, resend, stop: stopTurn } = chat;
  const { ask, retry } = useAsking(chat, onScreen);
  const visibleTurns = useMemo(
    () => turns.filter((turn) => isOnScreen(turn, destination)),
    [turns, destination],
  );
  const thread = useThread(conversationId, visibleTurns);
  const [draft, setDraft] = useDrafts(conversationId ?? `new-${String(draftNumber)}`);
  const reading = visibleTurns.findLast(isReading) ?? null;
  const unsent = visibleTurns.findLast(({ phase }) => phase === "unsent") ?? null;

  const send = (text: string): void => {
    const question = text.trim();
    if (question === "" || reading !== null) return;
    setDraft("");
    if (unsent !== null && unsent.questionText === question) resend(unsent);
    else ask(question);
  };
  const stop = (): void => {
    if (reading !== null) stopTurn(reading.turnId);
  };

  const latestTurns = useLatest(turns);
  const actions = useMemo<ThreadActions>(
    () => ({
      retry: (entry, answer, modelId) => void retry(entry, answer, modelId),
      continueAnswer: () => ask(t("continueMessage")),
      resend: (turnId) => {
        const turn = latestTurns.current.find((one) => one.turnId === turnId);
        if (turn) resend(turn);
      },
      edit: (turnId, text) => {
        remove(turnId);
        setDraft(text);
      },
      fillDraft: setDraft,
    }),
    [ask, latestTurns, remove, resend, retry, setDraft, t],
  );

  const isAnswering = reading !== null;
  return { ...active, selection, thread, draft, setDraft, send, stop, isAnswering, actions };
}

export type ChatScreenState = ReturnType<typeof useChatScreen>;
