import { usePathname } from "next/navigation";
import { useCallback, useState } from "react";

const CONVERSATION_PATH = /^\/chat\/([0-9a-f-]{36})\/?$/i;

export type ActiveConversation = {
  readonly conversationId: string | null;
  /** Tells apart the unsaved conversations of one visit: "new chat" twice gives two numbers. */
  readonly draftNumber: number;
  readonly open: (conversationId: string) => void;
  readonly openNew: () => void;
};

/**
 * The conversation on screen, read from the address. It changes without asking the server for the
 * page again, so that streams and drafts survive; back and forward work.
 */
export function useActiveConversation(initialConversationId: string | null): ActiveConversation {
  const pathname = usePathname();
  const match = CONVERSATION_PATH.exec(pathname);
  const conversationId = pathname.startsWith("/chat")
    ? (match?.[1] ?? null)
    : initialConversationId;
  const [draft, setDraft] = useState({ number: 1, conversationId });
  if (draft.conversationId !== conversationId) {
    setDraft({ number: draft.number + (conversationId === null ? 1 : 0), conversationId });
  }

  const open = useCallback((id: string) => window.history.pushState(null, "", `/chat/${id}`), []);
  const openNew = useCallback(() => {
    if (window.location.pathname !== "/chat") window.history.pushState(null, "", "/chat");
    else setDraft((current) => ({ ...current, number: current.number + 1 }));
  }, []);

  return { conversationId, draftNumber: draft.number, open, openNew };
}
