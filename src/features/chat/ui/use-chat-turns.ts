import { useCallback, useReducer, useRef } from "react";
import { api } from "@/api/client.ts";
import { runTurn } from "./run-turn.ts";
import { reduceTurns, type LiveTurn, type NewTurn } from "./turn-state.ts";
import { useConversationSearch } from "./use-conversation-search.ts";

export type ChatTurns = {
  readonly turns: readonly LiveTurn[];
  readonly start: (turn: Omit<NewTurn, "turnId">) => void;
  /** Sends an `unsent` turn once more under its own id. */
  readonly resend: (turn: LiveTurn) => void;
  readonly stop: (turnId: string) => void;
  readonly remove: (turnId: string) => void;
};

/**
 * The turns this page started, with their streams. They outlive a change of conversation, and
 * leaving the page does not abort them: only Stop and closing the tab do.
 */
export function useChatTurns(
  onConversation: (turn: NewTurn, conversationId: string) => void,
): ChatTurns {
  const [turns, dispatch] = useReducer(reduceTurns, []);
  const controllers = useRef(new Map<string, AbortController>());
  const utils = api.useUtils();
  const findConversation = useConversationSearch();

  const run = useCallback(
    async (turn: NewTurn) => {
      const controller = new AbortController();
      controllers.current.set(turn.turnId, controller);
      let conversationId = turn.conversationId;
      const settle = (id: string): void => {
        conversationId = id;
        dispatch({ type: "found", turnId: turn.turnId, conversationId: id });
        onConversation(turn, id);
      };
      await runTurn(turn, {
        dispatch,
        signal: controller.signal,
        onConversation: (_, id) => settle(id),
      });
      controllers.current.delete(turn.turnId);
      if (conversationId === null) {
        const found = await findConversation(turn.turnId);
        if (found !== null) settle(found);
      }
      void utils.chat.listConversations.invalidate();
      if (conversationId !== null) void utils.chat.getConversation.invalidate({ conversationId });
      void utils.costOptimization.getUsageSummary.invalidate();
    },
    [findConversation, onConversation, utils],
  );

  const start = useCallback(
    (turn: Omit<NewTurn, "turnId">) => void run({ ...turn, turnId: crypto.randomUUID() }),
    [run],
  );
  const resend = useCallback(
    ({ turnId, draftNumber, conversationId, retryOf, questionText, choice }: LiveTurn) =>
      void run({ turnId, draftNumber, conversationId, retryOf, questionText, choice }),
    [run],
  );
  const stop = useCallback((turnId: string) => {
    dispatch({ type: "moved", turnId, phase: "stopped" });
    controllers.current.get(turnId)?.abort();
  }, []);
  const remove = useCallback((turnId: string) => dispatch({ type: "removed", turnId }), []);

  return { turns, start, resend, stop, remove };
}
