import { useCallback } from "react";
import { api } from "@/api/client.ts";

const ATTEMPTS_MAX = 4;
const FIRST_DELAY_MS = 400;
/** A turn of a moment ago is in one of the newest conversations. */
const CONVERSATIONS_LOOKED_AT = 3;

/**
 * Finds the conversation the server opened for a turn whose answer never told (stopped, refused or
 * cut before the first word of a new conversation). `null` when the server knows nothing of the
 * turn.
 */
export function useConversationSearch(): (turnId: string) => Promise<string | null> {
  const utils = api.useUtils();
  return useCallback(
    async (turnId) => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, FIRST_DELAY_MS * attempt));
        try {
          const newest = await utils.chat.listConversations.fetch(undefined, { staleTime: 0 });
          for (const { id } of newest.slice(0, CONVERSATIONS_LOOKED_AT)) {
            const detail = await utils.chat.getConversation.fetch(
              { conversationId: id },
              { staleTime: 0 },
            );
            const isHere = detail.messages.some((message) => message.turnId === turnId);
            if (isHere || detail.runningTurnIds.includes(turnId)) return id;
          }
        } catch {
          // Offline: the next attempt asks again, and a reload shows what the server kept.
        }
      }
      return null;
    },
    [utils],
  );
}
